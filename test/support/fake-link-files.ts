import { defer, EMPTY, of, throwError } from 'rxjs';
import type { LinkFiles } from '../../src/system/files/link-files.js';

/** Files in memory; what happens to them is added to `log`. With `fails`, none can be written, and why. */
export const fakeLinkFiles = (log: string[] = [], texts = new Map<string, string>(), fails?: string): LinkFiles => ({
  names: () => defer(() => of([...texts.keys()])),
  write: (name, text) =>
    defer(() => {
      if (fails !== undefined) return throwError(() => new Error(fails));
      log.push(`${texts.has(name) ? 'rewrite' : 'write'} ${name}`);
      texts.set(name, text);
      return EMPTY;
    }),
  remove: name =>
    defer(() => {
      if (texts.delete(name)) log.push(`remove ${name}`);
      return EMPTY;
    }),
});
