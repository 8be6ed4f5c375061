import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { Contexts, Owner } from '../model/contexts.js';

/**
 * The border between two owners: the source is subscribed to, and left, as `owner`; what it tells is heard as whoever
 * subscribed.
 *
 * ```
 * source   -a-b-|       begun by owner, and so is what it begins
 * result   -a-b-|       in the context of its subscriber
 * ```
 */
export const subscribedAs =
  <T>({ current, run }: Contexts, owner: Owner | undefined): MonoTypeOperatorFunction<T> =>
  source =>
    new Observable(out => {
      const listener = current();
      const subscription = run(owner, () =>
        source.subscribe({
          next: value => run(listener, () => out.next(value)),
          error: (error: unknown) => run(listener, () => out.error(error)),
          complete: () => run(listener, () => out.complete()),
        }),
      );
      return () => run(owner, () => subscription.unsubscribe());
    });
