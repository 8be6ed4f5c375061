import { type Header, readLine, type TraceRecord } from './format.js';

/** Lines up to this length are cached, up to this many. */
const MAX_CACHED_LENGTH = 256;
const MAX_CACHED_LINES = 1024;
const BEGIN = '{"at":';
const WALL = ',"wall":';
/** Within the bounds of `readLine`, which judges longer ones. */
const isTime = /^\d{1,12}(?:\.\d{1,9})?$/;
const isWall = /^\d{1,15}$/;

/** A line with an id of its own is unique. */
const mayComeAgain = (record: TraceRecord): boolean => 'input' in record || ('ask' in record && record.same === true);

/** A copy: V8 would keep the whole chunk of the file that the line was cut from. */
const copied = (text: string): string => Buffer.from(text).toString();

/**
 * `readLine` for the lines of one trace. Links come and go in few ways, so a line that differs only in its time is not
 * parsed again. Throws a TraceError.
 */
export const createLineReader = (): typeof readLine => {
  const known = new Map<string, TraceRecord>();
  return (line, nth): Header | TraceRecord => {
    if (line.length > MAX_CACHED_LENGTH || !line.startsWith(BEGIN)) return readLine(line, nth);
    const comma = line.indexOf(',');
    const at = line.slice(BEGIN.length, comma);
    const end = line.startsWith(WALL, comma) ? line.indexOf(',', comma + 1) : comma;
    const wall = line.slice(comma + WALL.length, end);
    const text = line.slice(end);
    const before = known.get(text);
    const isWalled = end !== comma;
    if (before !== undefined && isTime.test(at) && 'wall' in before === isWalled && (!isWalled || isWall.test(wall)))
      // Only those that have a wall clock get one: with one shape for all, a replay takes half as long again.
      return isWalled ? { ...before, at: Number(at), wall: Number(wall) } : { ...before, at: Number(at) };
    const record = readLine(line, nth);
    if ('format' in record) return record;
    if (known.size < MAX_CACHED_LINES && mayComeAgain(record)) known.set(copied(text), record);
    return record;
  };
};
