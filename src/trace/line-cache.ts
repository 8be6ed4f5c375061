import { type Header, readLine, type TraceRecord } from './format.js';

/** Lines of so many characters, and the first so many of them, are remembered. */
const MAX_CACHED_LENGTH = 256;
const MAX_CACHED_LINES = 1024;
const BEGIN = '{"at":';
const isTime = /^\d+(?:\.\d+)?$/;

/** A line with a number of its own comes once. */
const mayComeAgain = (record: TraceRecord): boolean => 'input' in record || ('ask' in record && record.same === true);

/** V8 keeps all of the text that a part was cut out of: here what was read from the file at a time. */
const copied = (text: string): string => Buffer.from(text).toString();

/**
 * `readLine` for the lines of one trace: links come and go in few ways, so what was said before, at another time, is not
 * parsed again. Throws a TraceError.
 */
export const createLineReader = (): typeof readLine => {
  const known = new Map<string, TraceRecord>();
  return (line, nth): Header | TraceRecord => {
    if (line.length > MAX_CACHED_LENGTH || !line.startsWith(BEGIN)) return readLine(line, nth);
    const comma = line.indexOf(',');
    const text = line.slice(comma);
    const before = known.get(text);
    const at = line.slice(BEGIN.length, comma);
    if (before !== undefined && isTime.test(at)) return { ...before, at: Number(at) };
    const record = readLine(line, nth);
    if ('format' in record) return record;
    if (known.size < MAX_CACHED_LINES && mayComeAgain(record)) known.set(copied(text), record);
    return record;
  };
};
