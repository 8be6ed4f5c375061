// Watches, has a script run for the first address that comes, and ends with what both said.
import { concat, filter, first, NEVER, of } from 'rxjs';
import { configure, createFiles, createProcesses, scriptsSink, watchNetwork } from 'network-event-broker';
import { addressKey, isAddress } from 'network-event-broker/core';

const { event$, outcome$, world$ } = watchNetwork({
  config$: concat(of(configure({ system: { generator: ['rtnetlink'] } })), NEVER),
  sinks: [scriptsSink({ files: createFiles(), processes: createProcesses(), scriptDir: '/mnt/scripts' })],
});

event$
  .pipe(filter(isAddress))
  .subscribe(({ name, action, address }) => console.log(`${name}: ${addressKey(address)} ${action}`));
outcome$.subscribe(outcome => {
  if (outcome.kind === 'fault') console.log(outcome.message);
  if (outcome.kind === 'script-output') console.log(`${outcome.stream}: ${outcome.line}`);
  if (outcome.kind !== 'script-ran') return;
  console.log(`${outcome.script}: ${outcome.error ?? outcome.exit.code}`);
  process.exit();
});
world$.pipe(first(({ kernel }) => kernel.links !== undefined)).subscribe(() => console.log('watching'));
