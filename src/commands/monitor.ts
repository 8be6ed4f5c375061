import {
  concat,
  distinctUntilChanged,
  filter,
  fromEvent,
  ignoreElements,
  map,
  merge,
  NEVER,
  of,
  takeUntil,
  tap,
} from 'rxjs';
import { createBroker } from '../broker.js';
import { configure } from '../config/configure.js';
import { loadConfig } from '../daemon/load-config.js';
import { standardSources } from '../daemon/standard-sources.js';
import { linkPatterns } from '../config/link-keys.js';
import { defaults } from '../config/schema.js';
import { toError } from '../model/fault.js';
import type { Sink } from '../model/flow.js';
import type { Step } from '../model/world.js';
import { systemBus } from '../system/bus/bus.js';
import { createFiles } from '../system/files/files.js';
import { signals } from '../system/signals.js';
import { emptyWorld } from '../world/advance.js';
import type { Asked } from '../cli/command-line.js';
import type { Options } from '../config/options.js';
import { eventJson } from '../text/event-json.js';
import { eventLines } from '../text/event-lines.js';
import { clockOf, isWanted, unheard } from '../text/monitor-view.js';
import { painter } from '../cli/paint.js';
import { say } from '../system/say.js';
import { exitStatusOf } from '../cli/exit-status-of.js';

/** Prints which sources are not connected, whenever that changes. */
const deafness = (say: (text: string) => void): Sink => ({
  name: 'deafness',
  consume: ({ world$ }) =>
    world$.pipe(
      map(({ progress }) => unheard(progress)),
      distinctUntilChanged(),
      filter((text, nth) => nth > 0 || text !== ''),
      tap(text => say(text === '' ? 'all sources connected again' : text)),
      ignoreElements(),
    ),
});

const printing = (print: (step: Step) => void): Sink => ({
  name: 'monitor',
  consume: ({ step$ }) => step$.pipe(tap(print), ignoreElements()),
});

/**
 * Prints every event until SIGINT or SIGTERM, or until nobody reads any more; the present states of links first. It is a
 * broker of its own that has no effects: it needs neither the daemon nor privileges. Resolves to the exit status.
 */
export const monitor = ({ config }: Options, { flags, values }: Asked): Promise<number> => {
  const { network } = loadConfig(config).config ?? defaults;
  const links = linkPatterns.read((values.link ?? []).join(' '));
  if (links === undefined) {
    say(`--link: expected ${linkPatterns.expected}; found ${JSON.stringify(values.link)}`);
    return Promise.resolve(2);
  }
  const wanted = { links: links.value ?? [], kinds: values.kind ?? [] };
  const paint = painter(process.stdout);
  const linesOf = (step: Step): readonly string[] =>
    flags.includes('json') ? [JSON.stringify(eventJson(step))] : eventLines(step.event, clockOf(step.at), paint);
  const print = (step: Step): void => {
    if (isWanted(step.event, wanted)) process.stdout.write(`${linesOf(step).join('\n')}\n`);
  };
  const watched = configure({
    system: { generator: ['systemd-networkd', 'dhclient', 'rtnetlink'] },
    network: {
      links: wanted.links.length === 0 ? undefined : wanted.links,
      dhClientLeaseFiles: network.dhClientLeaseFiles,
    },
  });
  const broker$ = createBroker({
    ...standardSources(systemBus(), createFiles()),
    config$: concat(of(watched), NEVER),
    routes: true,
    sinks: [deafness(say), printing(print)],
    start: emptyWorld,
  });
  const end$ = merge(signals('SIGINT', 'SIGTERM'), fromEvent(process.stdout, 'error'));
  const told$ = broker$.pipe(
    tap(outcome => {
      if (outcome.kind === 'fault' && outcome.code !== 'source-lost') say(outcome.message); // deafness says that
    }),
    takeUntil(end$),
  );
  return exitStatusOf(told$, {
    failed: defect => {
      say(`a defect ended the monitor: ${toError(defect).message}`);
      return 1;
    },
  });
};
