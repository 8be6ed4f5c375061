import type { Observable } from 'rxjs';
import { toError } from '../model/fault.js';
import { say } from '../system/say.js';

/** Runs to the end: 0, or what `end` says. What goes wrong is said on standard error, and the exit status is 1. */
export const exitStatusOf = (
  work$: Observable<unknown>,
  {
    end = () => 0,
    failed = error => {
      say(toError(error).message);
      return 1;
    },
  }: { readonly end?: () => number; readonly failed?: (error: unknown) => number } = {},
): Promise<number> =>
  new Promise(resolve => {
    work$.subscribe({
      error: (error: unknown) => resolve(failed(error)),
      complete: () => resolve(end()),
    });
  });
