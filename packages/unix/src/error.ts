import { constants } from 'node:os';

/** A system call that failed. `code` is the errno's name: `EAGAIN`, `ECONNREFUSED`, `ENOENT`, … */
export class UnixError extends Error {
  override readonly name = 'UnixError';
  constructor(
    readonly code: string,
    expected: string,
  ) {
    super(`expected to ${expected}, found ${code}`);
  }
}

/** The first of several names counts: EAGAIN, not EWOULDBLOCK. */
const names = new Map(
  Object.entries(constants.errno)
    .map(([name, number]): [number, string] => [number, name])
    .reverse(),
);

const failed = (result: number, expected: string): UnixError =>
  new UnixError(names.get(-result) ?? `error ${-result}`, expected);

/** What a call of the addon returned. Throws UnixError for -errno. */
export function checked(result: number, expected: string): number;
export function checked<T extends object>(result: T | number, expected: string): T;
export function checked(result: unknown, expected: string): unknown {
  if (typeof result === 'number' && result < 0) throw failed(result, expected);
  return result;
}
