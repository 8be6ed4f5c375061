import { addon } from './addon.js';
import { checked } from './error.js';

/**
 * Sends assignments (`{ READY: '1', STATUS: 'serving' }`) in one datagram, as sd_notify(3). A line break would begin
 * another assignment: in a value it becomes a space.
 *
 * @param address the value of $NOTIFY_SOCKET: an absolute path, or `@` and the name of an abstract socket
 * @throws UnixError
 */
export const notify = (address: string, assignments: Readonly<Record<string, string>>): void => {
  const lines = Object.entries(assignments).map(([name, value]) => `${name}=${value.replace(/[\r\n\0]+/g, ' ')}`);
  checked(addon().notify(address, lines.join('\n')), `send a datagram to the service manager at ${address}`);
};
