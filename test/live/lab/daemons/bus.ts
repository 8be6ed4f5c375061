import type { Lab } from '../lab.js';
import type { Process } from '../process.js';

const address = '/run/dbus/system_bus_socket';

/** A message bus at the system bus's address. A bus that was killed is followed by another one at the same address. */
export const startBus = async (lab: Lab): Promise<Process> => {
  await lab.sh(`rm -f ${address}`);
  const bus = await lab.start('dbus-daemon', [
    'dbus-daemon',
    '--system',
    '--nofork',
    '--nopidfile',
    '--nosyslog',
    '--print-address',
  ]);
  await lab.until('the bus to listen', () => bus.lines.length > 0);
  return bus;
};
