import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../checkout.js';
import type { Lab } from '../lab.js';
import type { Process } from '../process.js';

/** The real polkitd with the rules that come with the daemon, or without any. */
export const startPolkit = async (lab: Lab, withRules = true): Promise<Process> => {
  const rules = readFileSync(join(checkout, 'config', 'network-broker.rules'), 'utf8');
  await lab.sh(
    'mkdir -p /etc/polkit-1/rules.d /var/lib/polkit-1 /run/polkit-1/rules.d; chmod 755 /etc/polkit-1/rules.d',
  );
  if (withRules) await lab.write('/etc/polkit-1/rules.d/50-network-broker.rules', rules);
  const polkit = await lab.start('polkitd', ['/usr/lib/polkit-1/polkitd', '--no-debug']);
  await untilOnBus(lab, 'org.freedesktop.PolicyKit1');
  return polkit;
};

const untilOnBus = (lab: Lab, name: string): Promise<true> =>
  lab.until(`${name} on the bus`, async () =>
    (
      await lab.sh(`busctl --json=short call org.freedesktop.DBus / org.freedesktop.DBus NameHasOwner s ${name}`)
    ).includes('true'),
  );

export const startResolved = async (lab: Lab): Promise<Process> => {
  await lab.sh('mkdir -p /run/systemd/resolve; chown systemd-resolve:systemd-resolve /run/systemd/resolve');
  const resolved = await lab.start('systemd-resolved', ['/usr/lib/systemd/systemd-resolved'], {
    env: { SYSTEMD_LOG_TARGET: 'console', SYSTEMD_LOG_LEVEL: 'info' },
  });
  await untilOnBus(lab, 'org.freedesktop.resolve1');
  return resolved;
};

/** It ends by itself after 30 s without a call; who wants a host name starts it, as the bus would. */
export const startHostnamed = async (lab: Lab): Promise<Process> => {
  const hostnamed = await lab.start('systemd-hostnamed', ['/usr/lib/systemd/systemd-hostnamed'], {
    env: { SYSTEMD_LOG_TARGET: 'console', SYSTEMD_LOG_LEVEL: 'info' },
  });
  await untilOnBus(lab, 'org.freedesktop.hostname1');
  return hostnamed;
};

/** What resolved uses on a link, as resolvectl shows it: `192.0.2.53 | lab.example`. */
export const dnsOf = async (lab: Lab, link = 'eth0'): Promise<string> => {
  const after = async (what: string): Promise<string> =>
    (await lab.sh(`resolvectl ${what} ${link}`)).split(':').slice(1).join(':').trim();
  return `${await after('dns')} | ${await after('domain')}`;
};

export const hostnameNow = async (lab: Lab): Promise<string> => (await lab.sh('cat /proc/sys/kernel/hostname')).trim();
