import { closeSync, openSync, writeSync } from 'node:fs';
import { asapScheduler, asyncScheduler, concat, from, NEVER, of, Subject } from 'rxjs';
import { createBroker } from '../../../src/broker.js';
import type { Input } from '../../../src/model/input.js';
import type { ProcessEvent } from '../../../src/system/processes/processes.js';
import { standardSinks } from '../../../src/sinks/standard.js';
import { config, link } from '../../../src/testing/builders.js';
import { fakeFiles } from '../../../src/fakes/fake-files.js';
import { fakeScriptFiles } from '../../support/fake-script-files.js';
import { absentSystem } from '../../../src/trace/null-system.js';
import { writeHeader } from '../../../src/trace/format.js';
import { createRecorder } from '../../../src/trace/recorder.js';
import { through } from '../../../src/trace/instrument.js';
import { emptyWorld } from '../../../src/world/advance.js';
import type { OperationalState } from '../../../src/model/states.js';

const links = Array.from({ length: 20 }, (_, nth) => link(nth + 2, `eth${nth}`));
const ended: readonly ProcessEvent[] = [
  { kind: 'started', pid: 7 },
  { kind: 'exited', code: 0, signal: null, duration: 2 },
];
const states: readonly OperationalState[] = ['carrier', 'routable', 'degraded', 'no-carrier'];

/** Records a broker whose links change their states all the time, one change in 10 ms; each hundredth runs a script. */
export const recordLong = (path: string, events: number): void => {
  const file = openSync(path, 'w');
  let text = '';
  let now = 0;
  const write = (line: string): void => {
    text += `${line}\n`;
    if (text.length < 1 << 20) return;
    writeSync(file, text);
    text = '';
  };
  const recorder = createRecorder({ now: () => now, write });
  const about = { began: 0, at: 0, continues: false, start: emptyWorld, lastId: 0, extensions: [], known: [] };
  write(writeHeader({ ...about, scriptDir: '/etc/network-broker', owners: [0] }));
  const input$ = new Subject<Input>();
  const scheduler = recorder.scheduler(asyncScheduler, 'wait');
  const running = createBroker({
    config$: concat(of(config({ network: { emitJson: false } })), NEVER),
    kernel: { name: 'kernel', inputs: () => input$, drain: () => undefined },
    sources: [],
    sinks: standardSinks({
      ...through(recorder.ask, {
        ...absentSystem([0]),
        files: fakeFiles({ directories: { '/etc/network-broker/dormant.d': ['10-log'] } }),
        processes: {
          run: () => from(ended),
          signal: () => undefined,
          warmUp: () => NEVER,
        },
        scriptFiles: fakeScriptFiles(),
      }),
      scriptDir: '/etc/network-broker',
      scheduler,
      asapScheduler: recorder.scheduler(asapScheduler, 'soon'),
    }),
    start: emptyWorld,
    onInput: recorder.onInput,
    scheduler,
  }).subscribe();
  input$.next({ kind: 'kernel-dump', links, addresses: [], afterLoss: false });
  for (let nth = 0; nth < events; nth += 1) {
    now += 10;
    const round = Math.floor(nth / links.length);
    const state = nth % 100 === 99 ? 'dormant' : (states[round % states.length] ?? 'off');
    input$.next({ kind: 'networkd-link', ifindex: (nth % links.length) + 2, changed: { OperationalState: state } });
  }
  recorder.stopped();
  running.unsubscribe();
  writeSync(file, text);
  closeSync(file);
};
