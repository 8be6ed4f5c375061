import { type MonoTypeOperatorFunction, Observable } from 'rxjs';

/**
 * One more value when the source has completed. Like `endWith(value)`, with less to do for each source.
 *
 * ```
 * source   -a---|
 * result   -a---(z|)
 * ```
 */
export const andThen =
  <T>(value: T): MonoTypeOperatorFunction<T> =>
  source =>
    new Observable<T>(out =>
      source.subscribe({
        next: one => out.next(one),
        error: (error: unknown) => out.error(error),
        complete: () => {
          out.next(value);
          out.complete();
        },
      }),
    );
