import { readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defer, tap } from 'rxjs';
import { toError } from '../model/fault.js';
import { pageWith } from '../trace/view/page.js';
import { viewOf } from '../trace/view/view-of.js';
import type { ViewData } from '../trace/view/view-data.js';
import type { Asked } from '../cli/command-line.js';
import type { Options } from '../config/options.js';
import { errorCode } from '../system/files/error-code.js';
import { exitStatusOf } from '../cli/exit-status-of.js';
import { askedLines } from '../cli/trace-portion.js';
import { print } from '../cli/print.js';
import { say } from '../system/say.js';

/** The page without data, beside the program. */
const template = (): string => readFileSync(join(dirname(realpathSync(process.argv[1] ?? '')), 'viewer.html'), 'utf8');

/** Writes the page of a trace to standard output. Resolves to the exit status. */
export const view = (_: Options, { words: [path = '-'], values }: Asked): Promise<number> => {
  const write = (data: ViewData): void => {
    const base64 = gzipSync(JSON.stringify(data)).toString('base64');
    for (const part of pageWith(template(), base64)) print(part);
  };
  const failed = (error: unknown): number => {
    if (errorCode(error) === 'EPIPE') return 0; // whoever reads has seen enough
    say(`${path}: ${toError(error).message}`);
    return 1;
  };
  const title = path === '-' ? 'trace' : basename(path);
  return exitStatusOf(defer(() => viewOf(askedLines(path, { values }), title)).pipe(tap(write)), { failed });
};
