/** What goes wrong, as one class. */
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

/** A request that failed, or a socket that broke. The message ends with the kernel's own sentence where it gave one. */
export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  /** Name of the errno: `EEXIST`; `ETIMEDOUT` when no answer came in time. */
  readonly code: string;
  /** Positive errno. */
  readonly errno: number;
  /** The kernel's extended acknowledgement. */
  readonly reason: string | undefined;

  constructor(what: string, errno: number, reason?: string, options?: ErrorOptions) {
    const [code, text] = describe(errno);
    super(`${what}: ${code} (${text})${reason === undefined ? '' : `: ${reason}`}`, options);
    this.code = code;
    this.errno = errno;
    this.reason = reason;
  }
}

function describe(errno: number): readonly [code: string, text: string] {
  const known = getSystemErrorMap().get(-errno);
  if (known !== undefined) return known;
  const code = Object.entries(constants.errno).find(([, number]) => number === errno)?.[0];
  return [code ?? `E${errno}`, `errno ${errno}`];
}
