import { bundled } from '../lab/packages/bundled.js';
import { namesOnBus } from '../lab/bus-clients/client.js';
import type { Lab } from '../lab/lab.js';
import type { Process } from '../lab/process.js';
import type { AttackName, Victim } from './attacks.js';

let program: string | undefined;

/** Starts an attack against a daemon, as `nobody`: one round, or again and again. */
export const startAttack = async (
  lab: Lab,
  daemon: { readonly pid: number },
  name: AttackName,
  often: 'once' | 'again',
): Promise<Process> => {
  program ??= bundled('hostile/attacker');
  const victim: Victim = { bus: '/run/dbus/system_bus_socket', names: await namesOnBus(lab, daemon.pid) };
  return lab.start(name, [process.execPath, program, name, often, JSON.stringify(victim)], { as: 'nobody' });
};
