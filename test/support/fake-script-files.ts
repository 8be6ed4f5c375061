import { asyncScheduler, Observable } from 'rxjs';
import type { ScriptFiles } from '../../src/system/files/script-files.js';

export interface FakeScriptFiles extends ScriptFiles {
  /** what is there now: text by path */
  readonly texts: ReadonlyMap<string, string>;
  /** what happened, with the time: `0 write /files/link-1.json`, `4 remove /files/link-1.json` */
  readonly log: readonly string[];
}

/** Files in memory, below `/files`; with `fails`, none can be written, and why. */
export const fakeScriptFiles = (fails?: string): FakeScriptFiles => {
  const texts = new Map<string, string>();
  const log: string[] = [];
  const note = (what: string, path: string): void => {
    log.push(`${asyncScheduler.now()} ${what} ${path}`);
  };
  return {
    texts,
    log,
    hold: (name, text) =>
      new Observable(out => {
        const path = `/files/${name}`;
        if (fails !== undefined) {
          out.error(new Error(fails));
          return;
        }
        out.add(() => {
          texts.delete(path);
          note('remove', path);
        });
        texts.set(path, text);
        note('write', path);
        out.next(path);
      }),
  };
};
