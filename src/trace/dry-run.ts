import { concat, map, NEVER, of, throwError } from 'rxjs';
import type { BusConnection } from '../system/bus/bus.js';
import type { System } from '../sinks/standard.js';

const WHY = 'not done while recording';

const withoutDeeds = (connection: BusConnection): BusConnection => ({
  ...connection,
  call: request =>
    /^(?:Set|Revert)/.test(request.member) ? throwError(() => new Error(WHY)) : connection.call(request),
});

/** A system that can be asked everything, and does nothing. */
export const refused = (system: System): System => ({
  files: { ...system.files, ensureDirectory: () => of(true) },
  processes: { ...system.processes, run: () => of({ kind: 'failed', error: WHY }), signal: () => undefined },
  rtnetlink: {
    ...system.rtnetlink,
    apply: changes => of(changes.map(() => ({ code: 'REFUSED', errno: 0, message: WHY }))),
  },
  lock: { hold: () => concat(of(true), NEVER) },
  bus: { connection$: system.bus.connection$.pipe(map(withoutDeeds)) },
  scriptFiles: { hold: name => concat(of(name), NEVER) },
});
