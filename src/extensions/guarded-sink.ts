import { defer, Observable, Subject, type Subscription } from 'rxjs';
import { fault, type Report, toError } from '../model/fault.js';
import type { Sink } from '../model/flow.js';
import type { Outcome } from '../model/outcome.js';
import type { Step, World } from '../model/world.js';
import type { ExtensionSink } from './extension.js';
import { field, isText } from '../model/values/unknown.js';

interface Opened {
  readonly step$: Subject<Step>;
  readonly world$: Subject<World>;
}

const isFault = (value: unknown): boolean =>
  isText(field(value, 'message')) && ['warn', 'error'].includes(String(field(value, 'severity')));

/** Faults that an extension reports carry its name; what is no fault is made one. */
const reportOf =
  (name: string, report: Report): Report =>
  given =>
    isFault(given)
      ? report({ ...given, kind: 'fault', message: `extension ${name}: ${given.message}` })
      : report(fault('extension-report', `extension ${name} reported something that is not a fault`, given));

/**
 * Runs somebody else's sink so that it cannot end the flow: when it fails a fault says so, and it is called again for the
 * next event or world, also in the middle of a synchronous snapshot.
 *
 * ```
 * steps    -a-b-c-|      the sink throws at b
 * it sees  -a-b           and, called again, -----c-|
 * faults   ---f---
 * ```
 */
export const guardedSink = (name: string, consume: ExtensionSink): Sink => ({
  name: `extension ${name}`,
  consume: (flow, report) =>
    new Observable<Outcome>(out => {
      let opened: Opened | undefined;
      let ended = 0;
      let completed = false;
      const open = (): Opened => {
        const own: Opened = { step$: new Subject(), world$: new Subject() };
        opened = own;
        const consumed$ = defer(() => consume(own, reportOf(name, report)));
        const subscription: Subscription = consumed$.subscribe({
          error: (error: unknown) => {
            if (opened === own) opened = undefined;
            const message = `extension ${name} threw in a sink: ${toError(error).message}; restarting it`;
            report(fault('extension-failed', message, error));
            if (ended === 2) out.complete();
          },
          complete: () => {
            completed = true;
            if (ended === 2) out.complete();
          },
        });
        out.add(subscription);
        return own;
      };
      const now = (): Opened | undefined => (completed ? undefined : (opened ?? open()));
      const end = (): void => {
        ended += 1;
        if (ended < 2) return;
        const last = completed ? undefined : opened;
        if (last === undefined) out.complete();
        last?.step$.complete();
        last?.world$.complete();
      };
      open();
      out.add(
        flow.world$.subscribe({ next: world => now()?.world$.next(world), error: out.error.bind(out), complete: end }),
      );
      out.add(
        flow.step$.subscribe({ next: step => now()?.step$.next(step), error: out.error.bind(out), complete: end }),
      );
    }),
});
