import { type MonoTypeOperatorFunction, Observable, Subject } from 'rxjs';
import { fault, type Report, toError } from '../../model/fault.js';
import type { Step } from '../../model/world.js';

/**
 * Runs somebody else's stage so that it cannot end the flow: the step that makes it throw is dropped with a fault that
 * names both, and the stage is resubscribed for the next one, also in the middle of a synchronous snapshot.
 *
 * ```
 * steps    -a-b-c-|      the stage throws at b
 * result   -a---c-|
 * faults   ---f---
 * ```
 * A stage that completes passes nothing on any more, and a fault says so.
 */
export const guarded =
  (name: string, stage: MonoTypeOperatorFunction<Step>, report: Report): MonoTypeOperatorFunction<Step> =>
  source =>
    new Observable<Step>(out => {
      let latest: Step | undefined;
      let input$: Subject<Step> | undefined;
      let completed = false;
      let stageCompleted = false;

      const complain = (what: string, cause?: unknown): void => {
        const at = latest === undefined ? '' : ` at event ${latest.id} (${latest.event.kind})`;
        report(fault('extension-failed', `extension ${name} ${what}${at}`, cause));
      };
      const open = (): Subject<Step> => {
        const opened$ = new Subject<Step>();
        input$ = opened$;
        const failed = (error: unknown): void => {
          if (input$ === opened$) input$ = undefined;
          complain(`threw: ${toError(error).message}; the event is dropped`, error);
          if (completed) out.complete();
        };
        try {
          out.add(
            stage(opened$).subscribe({
              next: step => out.next(step),
              error: failed,
              complete: () => {
                stageCompleted = true;
                if (completed) out.complete();
                else complain('completed: it passes on no more events');
              },
            }),
          );
        } catch (error) {
          failed(error);
        }
        return opened$;
      };

      out.add(
        source.subscribe({
          next: step => {
            latest = step;
            (input$ ?? open()).next(step);
          },
          error: (error: unknown) => out.error(error),
          complete: () => {
            completed = true;
            if (input$ === undefined || stageCompleted) out.complete();
            else input$.complete();
          },
        }),
      );
    });
