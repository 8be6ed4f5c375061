import { expect, test } from '@jest/globals';
import { configureBroker, startBroker } from '../lab/daemons/broker.js';
import { startBus } from '../lab/daemons/bus.js';
import { connectClient, namesOnBus } from '../lab/bus-clients/client.js';
import { leaseFile } from '../lab/daemons/dhclient.js';
import { openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { installScript } from '../lab/scripts.js';

// The wall clock belongs to the whole computer, so the daemon is shown one that can be put forward: as after a suspend, its
// timers know nothing of it.
const clock = `
const { readFileSync } = require('node:fs');
const real = Date.now;
Date.now = () => real() + Number(readFileSync('/run/slept', 'utf8'));
`;
const now = Math.floor(Date.now() / 1000);
const lease = (link: string, address: string, seconds: number): string => `lease {
  interface "${link}";
  fixed-address ${address};
  renew epoch ${now + seconds - 200};
  rebind epoch ${now + seconds - 100};
  expire epoch ${now + seconds};
}
`;
const name = 'org.freedesktop.login1';
const slept = {
  path: '/org/freedesktop/login1',
  of: `${name}.Manager`,
  member: 'PrepareForSleep',
  signature: 'b',
  body: [false],
};

describeLive('a suspend', () => {
  test('during which a lease ran out is followed by its end, once logind says so, and nobody else', async () => {
    const lab = await openLab();
    await lab.write('/etc/clock.cjs', clock);
    await lab.write('/run/slept', '0');
    await lab.write('/var/log/runs', '', 0o666);
    for (const directory of ['leases.d', 'addresses.d'])
      await installScript(lab, directory, '10-record', '#!/bin/sh\necho "$LINK $EVENT $ACTION" >>/var/log/runs\n');
    const until = (run: string): Promise<unknown> =>
      lab.until(run, async () => (await lab.read('/var/log/runs')).includes(run));
    await configureBroker(lab, '[System]\nGenerator = "dhclient"\n');
    await startBus(lab);
    await lab.sh(
      'ip link add eth0 type veth peer name eth1; ip link set eth0 up; ip address add 192.0.2.5/24 dev eth0; ip address add 203.0.113.5/24 dev eth1; mkdir -p /var/lib/dhcp',
    );
    await lab.write(leaseFile(), lease('eth0', '192.0.2.5', 5000) + lease('eth1', '203.0.113.5', 1000));
    const broker = await startBroker(lab, { env: { NODE_OPTIONS: '--require /etc/clock.cjs' } });
    const [logind, forger] = [await connectClient(lab), await connectClient(lab)];
    try {
      await until('eth0 lease bound');
      await until('eth1 lease bound');
      // that it is listened to is seen by what may have ended before
      await lab.write('/run/slept', '2000000');
      await logind.own(name);
      await until('eth1 lease expired');
      // and when it serves the next event, it has read the clock for the lease that is left
      await lab.sh('ip address add 198.51.100.2/24 dev eth1');
      await until('eth1 address added');

      const told = await lab.read('/var/log/runs');
      await lab.write('/run/slept', '7200000');
      const daemon = await namesOnBus(lab, broker.pid);
      await forger.emit(slept, daemon);
      await forger.emit(slept);
      await logind.emit({ ...slept, body: [true] });
      await lab.sh('ip address add 198.51.100.1/24 dev eth0');
      await until('eth0 address added');
      expect(await lab.read('/var/log/runs')).toBe(`${told}eth0 address added\n`);

      await logind.emit(slept);
      await until('eth0 lease expired');
      expect(broker.log().flatMap(({ code }) => code ?? [])).toEqual(['directory-missing']);
    } finally {
      logind.close();
      forger.close();
      await broker.stop();
      await lab.close();
    }
  });
});
