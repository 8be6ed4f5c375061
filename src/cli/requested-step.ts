import { RT_TABLE_MAIN } from '@network-stack/netlink/constants';
import { concat, exhaustMap, forkJoin, map, NEVER, type Observable, of, throwError } from 'rxjs';
import { loadConfig } from '../daemon/load-config.js';
import type { Step, World } from '../model/world.js';
import { type RequestedEvent, requestedEvent } from '../sinks/scripts/requested-event.js';
import { tableNames } from '../daemon/table-names.js';
import type { Bus } from '../system/bus/bus.js';
import type { Files } from '../system/files/files.js';
import { systemClock } from '../system/clock.js';
import { rtnetlink } from '../system/rtnetlink.js';
import type { Options } from '../config/options.js';
import { presentWorld } from './present-world.js';
import { say } from '../system/say.js';

/** The daemon's ids begin at 1: this is not one of its events. */
const BY_HAND_ID = 0;

/**
 * The event of this link getting into this state, in the present World. Emits once and stays open, with all
 * connections, until unsubscribed. Errors say what is wrong with the configuration, the link or the state.
 */
export const requestedStep = (
  options: Options,
  [who = '', what = '']: readonly string[],
  bus: Bus,
  files: Files,
): Observable<Step> => {
  const { config, faults } = loadConfig(options.config);
  for (const { message } of faults) say(message);
  if (config === undefined) return throwError(() => new Error(`${options.config} has errors`));
  const routes$ = what === 'routes.d' ? rtnetlink.routes({ table: RT_TABLE_MAIN }) : of([]);
  const rules$ = what === 'rules.d' ? rtnetlink.rules() : of([]);
  const asked$ = (world: World): Observable<RequestedEvent> =>
    forkJoin({ routes: routes$, rules: rules$, tables: tableNames(files) }).pipe(
      map(listed => requestedEvent(world, who, what, listed)),
    );
  return presentWorld(config, bus, files).pipe(
    exhaustMap(world => concat(asked$(world).pipe(map(asked => ({ world, asked }))), NEVER)),
    map(({ world, asked }): Step => {
      if ('wrong' in asked) throw new Error(asked.wrong);
      return { id: BY_HAND_ID, at: systemClock.now(), event: asked.event, world };
    }),
  );
};
