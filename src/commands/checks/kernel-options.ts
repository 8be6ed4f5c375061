import { catchError, mergeMap, of } from 'rxjs';
import { toError } from '../../model/fault.js';
import { refusedOptions } from '../../system/rtnetlink.js';
import { type Check, error, ok, warn } from './finding.js';

const about = 'kernel';

/** Older kernels, and sandboxes, do not let all options of netlink sockets through: everything works, but with less. */
export const kernelOptions =
  (refused$ = refusedOptions()): Check =>
  () =>
    refused$.pipe(
      mergeMap(refused =>
        refused.length === 0
          ? [ok(about, 'filters what it lists, and explains what it refuses')]
          : refused.map(({ message }) => warn(about, `this kernel, or a sandbox, refuses to ${message}`)),
      ),
      catchError((cause: unknown) => of(error(about, `it cannot be asked for links: ${toError(cause).message}`))),
    );
