import { getSystemErrorName } from 'node:util';
import { addon } from './addon.js';

/** The service manager could not be told. `code` is the errno's name: `ENOENT`, `ECONNREFUSED`, `EAGAIN`, … */
export class NotifyError extends Error {
  override readonly name = 'NotifyError';
  constructor(
    readonly code: string,
    address: string,
  ) {
    super(`expected to send a datagram to the service manager at ${address}, found ${code}`);
  }
}

/**
 * Sends assignments (`{ READY: '1', STATUS: 'serving' }`) in one datagram, as sd_notify(3). A line break would begin
 * another assignment: in a value it becomes a space.
 *
 * @param address the value of $NOTIFY_SOCKET: an absolute path, or `@` and the name of an abstract socket
 * @throws NotifyError
 */
export const notify = (address: string, assignments: Readonly<Record<string, string>>): void => {
  const lines = Object.entries(assignments).map(([name, value]) => `${name}=${value.replace(/[\r\n\0]+/g, ' ')}`);
  const result = addon.send(address, lines.join('\n'));
  if (result !== 0) throw new NotifyError(getSystemErrorName(result), address);
};
