import { readLine, TraceError } from './format.js';

/** Only headers begin so. */
const HEADER = '{"format":';

/**
 * The lines of one run of the daemon: the nth from the end of the trace, 1 is the last. Throws a TraceError that says how
 * many runs there are.
 *
 * @param read gives the lines of the trace, each time from the first
 */
export const oneRun = function* (read: () => Iterable<string>, nth: number): Generator<string> {
  const begins: number[] = [];
  let at = 0;
  for (const line of read()) {
    at += 1;
    if (at > 1 && !line.startsWith(HEADER)) continue;
    const header = readLine(line, at);
    if ('format' in header && (begins.length === 0 || !header.continues)) begins.push(at);
  }
  const from = begins.at(-nth);
  if (from === undefined) throw new TraceError(`expected at least ${nth} runs of the daemon, found ${begins.length}`);
  const to = begins[begins.length - nth + 1] ?? Infinity;
  at = 0;
  for (const line of read()) {
    at += 1;
    if (at >= from && at < to) yield line;
  }
};
