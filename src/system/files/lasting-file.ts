import { promises } from 'node:fs'; // which Node loads when it is used first
import { defer, ignoreElements, type Observable } from 'rxjs';
import { type FileText, MIB, readRegularFile } from './regular-file.js';

/** A file that outlives the system's going down, at any moment: whoever reads it finds the old text or the new one, whole. */
export interface LastingFile {
  readonly path: string;
  readonly read: () => FileText;
  /** Completes when the text is on the disk. Errors are those of the file system. */
  readonly write: (text: string) => Observable<never>;
}

/** A longer one is not read. */
export const MAX_FILE_BYTES = 16 * MIB;

/** The disk may take its time: none of it is the event loop's. */
const replace = async (path: string, text: string): Promise<void> => {
  const next = `${path}.new`;
  await promises.rm(next, { force: true });
  const file = await promises.open(next, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await promises.rename(next, path);
};

export const lastingFile = (path: string): LastingFile => ({
  path,
  read: () => readRegularFile(path, MAX_FILE_BYTES),
  write: text => defer(() => replace(path, text)).pipe(ignoreElements()),
});
