import { lastValueFrom, mergeMap, toArray } from 'rxjs';
import { toError } from '../model/fault.js';
import { diagramSvg, diagramText, marksOf } from '../trace/diagram.js';
import { marbleTest } from '../trace/marble-test.js';
import { replay } from '../trace/replay.js';
import type { Asked, Options } from './command-line.js';
import { linesOf } from './trace-lines.js';

/** Prints a trace as diagrams, as a picture, or as a marble test. Resolves to the exit status. */
export const diagram = async (_: Options, { words: [path = '-'], flags }: Asked): Promise<number> => {
  try {
    if (flags.includes('test')) {
      process.stdout.write(marbleTest(linesOf(path)));
      return 0;
    }
    const marks = await lastValueFrom(replay(linesOf(path)).pipe(mergeMap(marksOf), toArray()), { defaultValue: [] });
    process.stdout.write(flags.includes('svg') ? diagramSvg(marks) : diagramText(marks));
    return 0;
  } catch (error) {
    process.stderr.write(`network-broker: ${path}: ${toError(error).message}\n`);
    return 1;
  }
};
