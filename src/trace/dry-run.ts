import { concat, EMPTY, map, NEVER, of, throwError } from 'rxjs';
import type { BusConnection } from '../system/bus/bus.js';
import type { System } from '../sinks/standard.js';

const NOT_DONE = 'not done while recording';

const withoutDeeds = (connection: BusConnection): BusConnection => ({
  ...connection,
  call: request =>
    /^(?:Set|Revert|Start|Stop|Restart|TryRestart|Reload)/.test(request.member)
      ? throwError(() => new Error(NOT_DONE))
      : connection.call(request),
});

/** The same system without its effects: it answers everything and changes nothing. */
export const refused = (system: System): System => ({
  files: { ...system.files, ensureDirectory: () => of(true) },
  processes: { ...system.processes, run: () => of({ kind: 'failed', error: NOT_DONE }), signal: () => undefined },
  rtnetlink: {
    ...system.rtnetlink,
    apply: changes => of(changes.map(() => ({ code: 'REFUSED', errno: 0, message: NOT_DONE }))),
  },
  lock: { hold: () => concat(of(true), NEVER) },
  bus: { connection$: system.bus.connection$.pipe(map(withoutDeeds)) },
  scriptFiles: { hold: name => concat(of(name), NEVER) },
  linkFiles: { names: () => of([]), write: () => EMPTY, remove: () => EMPTY },
});
