import type { Lab } from '../lab.js';
import type { Process } from '../process.js';

/** The unique name that owns networkd's name on the bus; undefined if nobody does. */
export const networkdOwner = async (lab: Lab): Promise<string | undefined> => {
  const reply = await lab.sh(
    'busctl --json=short call org.freedesktop.DBus / org.freedesktop.DBus GetNameOwner s org.freedesktop.network1 2>&1 || true',
  );
  return /"(:\d+\.\d+)"/.exec(reply)?.[1];
};

/** The real systemd-networkd, as root: it becomes systemd-network itself. Resolves when it is on the bus. */
export const startNetworkd = async (lab: Lab): Promise<Process> => {
  await lab.sh(
    'mkdir -p /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp; chown -R systemd-network:systemd-network /run/systemd/netif',
  );
  const networkd = await lab.start('systemd-networkd', ['/usr/lib/systemd/systemd-networkd'], {
    env: { SYSTEMD_LOG_LEVEL: 'info', SYSTEMD_LOG_TARGET: 'console' },
  });
  await lab.until('networkd on the bus', async () => await networkdOwner(lab));
  return networkd;
};
