import { lastValueFrom, map, mergeMap, toArray } from 'rxjs';
import { toError } from '../model/fault.js';
import { oneLine } from '../model/values/one-line.js';
import { diagramSvg } from '../trace/diagram-svg.js';
import { diagramText, type Mark, marksOf } from '../trace/marble-diagram.js';
import { marbleTest } from '../trace/marble-test.js';
import { replay } from '../trace/replay-trace.js';
import type { Asked } from '../cli/command-line.js';
import type { Options } from '../config/options.js';
import { say } from '../system/say.js';
import { askedLines, askedPortion } from '../cli/trace-portion.js';
import { portion } from '../trace/portion.js';

/** For terminals and XML: a trace may hold any character, in names and in what was said. */
const readable = (mark: Mark): Mark => ({ ...mark, row: oneLine(mark.row), text: oneLine(mark.text) });

/** Prints a trace as diagrams, as a picture, or as a marble test. Resolves to the exit status. */
export const diagram = async (_: Options, asked: Asked): Promise<number> => {
  const {
    words: [path = '-'],
    flags,
  } = asked;
  try {
    const lines = askedLines(path, asked);
    if (flags.includes('test')) {
      const parts = ['link', 'from', 'to', 'around'].filter(name => asked.values[name] !== undefined);
      if (parts.length > 0)
        throw new Error(
          `a test is of a whole run: expected no --${parts.join(', --')} with --test; --last-run takes one run`,
        );
      process.stdout.write(marbleTest(lines));
      return 0;
    }
    const mark$ = replay(lines).pipe(portion(askedPortion(asked)), mergeMap(marksOf), map(readable), toArray());
    const marks = await lastValueFrom(mark$, { defaultValue: [] });
    process.stdout.write(flags.includes('svg') ? diagramSvg(marks) : diagramText(marks));
    return 0;
  } catch (error) {
    say(`${path}: ${toError(error).message}`);
    return 1;
  }
};
