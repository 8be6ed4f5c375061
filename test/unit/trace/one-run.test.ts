import { describe, expect, test } from '@jest/globals';
import { writeHeader } from '../../../src/trace/format.js';
import { oneRun } from '../../../src/trace/one-run.js';
import { emptyHeader } from './empty-header.js';

const [begins, continues] = [false, true].map(continues => writeHeader({ ...emptyHeader, continues }));
const lines = [continues, 'a', begins, 'b', continues, 'c', begins, 'd'].map(String);
const run = (nth: number): readonly string[] => [...oneRun(() => lines, nth)];

describe('one run of a trace', () => {
  test('is counted from the end, with all its parts', () => {
    expect(run(1)).toEqual([begins, 'd']);
    expect(run(2)).toEqual([begins, 'b', continues, 'c']);
  });

  test('the first may have begun before the trace did', () => {
    expect(run(3)).toEqual([continues, 'a']);
  });

  test('that is not there is refused with how many there are', () => {
    expect(() => run(4)).toThrow('expected at least 4 runs of the daemon, found 3');
  });
});
