import { type Portion } from '../trace/portion.js';
import { oneRun } from '../trace/one-run.js';
import { momentOf } from '../trace/recorded-time.js';
import type { Asked } from './command-line.js';
import { linesOf } from './trace-lines.js';

/** The lines of the trace at this path, or those of the run that `--last-run` asks for. Throws as `linesOf` and `oneRun` do. */
export const askedLines = (path: string, { values }: Pick<Asked, 'values'>): Iterable<string> => {
  const run = values['last-run']?.at(-1);
  if (run === undefined) return linesOf(path);
  if (path !== '-') return oneRun(() => linesOf(path), Number(run));
  const all = [...linesOf(path)]; // there is no second time
  return oneRun(() => all, Number(run));
};

/** What of a replay the options ask for. */
export const askedPortion = ({ values: { link, from, to, around } }: Pick<Asked, 'values'>): Portion => ({
  links: link,
  from: momentOf(from?.at(-1) ?? ''),
  to: momentOf(to?.at(-1) ?? ''),
  around: around?.at(-1),
});
