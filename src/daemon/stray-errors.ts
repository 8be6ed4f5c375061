import { EMPTY, map, type Observable } from 'rxjs';
import type { Config } from '../model/config.js';
import { fault, type Fault } from '../model/fault.js';
import { strays$ } from '../system/async-contexts.js';

/**
 * A fault for each uncaught failure of something that an extension began. Any other uncaught failure is a defect, and
 * an error. Without extensions nothing is listened to.
 */
export const strayFaults = ({ extensions }: Config): Observable<Fault> =>
  extensions.load.length === 0
    ? EMPTY
    : strays$.pipe(
        map(({ error, owner }) => {
          const [first] = error.message.split('\n', 1);
          const message = `extension ${owner.name} failed outside its stages and sinks: ${first}`;
          return fault('extension-failed', message, error);
        }),
      );
