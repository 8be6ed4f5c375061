import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { textToBytes } from '@network-stack/netlink/text';
import { Observable } from 'rxjs';
import { outlasting } from '../processes/scarcity.js';

/** Files that exist while somebody needs them: what is too large for a variable. */
export interface ScriptFiles {
  /** Writes a file that everybody may read; emits its path. Unsubscribing removes it. Errors are those of the file system. */
  readonly hold: (name: string, text: string) => Observable<string>;
}

const remove = (path: string): void => {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // What cannot be removed cannot be written to either, and `hold` says so.
  }
};

/**
 * Keeps the files in a directory of its own; whatever lies there from an earlier run is removed at once. Calls are
 * synchronous: the directory is in memory, under /run.
 */
export const createScriptFiles = (directory: string): ScriptFiles => {
  /** Writes where the directory is there, as it almost always is. The umask may be stricter, and scripts may become other users. */
  const write = (path: string, text: string): void => {
    const bytes = textToBytes(text);
    try {
      writeFileSync(path, bytes);
    } catch {
      if (mkdirSync(directory, { recursive: true }) !== undefined) chmodSync(directory, 0o755);
      writeFileSync(path, bytes);
    }
    chmodSync(path, 0o644);
  };
  const held = new Set<string>();
  /** Events may have one id, as what a stage derives has its cause's: a name that is taken gets a number. */
  const free = (name: string, nth = 2): string =>
    held.has(name) ? free(name.replace(/^(\d+\.)?/, `${nth}.`), nth + 1) : name;
  remove(directory);
  return {
    hold: (name, text) =>
      new Observable<string>(out => {
        const own = free(name);
        const path = join(directory, own);
        held.add(own);
        out.add(() => {
          held.delete(own);
          remove(path);
        });
        write(path, text);
        out.next(path);
      }).pipe(outlasting()),
  };
};
