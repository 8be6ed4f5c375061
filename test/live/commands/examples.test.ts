import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configureBroker, startBroker } from '../lab/daemons/broker.js';
import { plug, unplug } from '../lab/cables.js';
import { checkout } from '../lab/checkout.js';
import { describeLive } from '../lab/live.js';
import { withNetwork } from '../lab/network.js';
import { installScript } from '../lab/scripts.js';

const hooks = join(checkout, 'examples', 'hooks');

describeLive('the example scripts, installed', () => {
  test('say what they are for when it happens, and none of them fails', () =>
    withNetwork(['dhcp'], async ({ lab }) => {
      for (const directory of readdirSync(hooks))
        for (const name of readdirSync(join(hooks, directory)))
          await installScript(lab, directory, name, readFileSync(join(hooks, directory, name), 'utf8'));
      await configureBroker(lab, '');
      const broker = await startBroker(lab);
      const said = (what: RegExp): Promise<unknown> =>
        lab.until(`an example to say ${what}`, () => broker.log().some(({ message }) => what.test(message)));

      await lab.sh('ip link add lan0 type bridge');
      await said(/link \d+, lan0, added/);
      await lab.sh('ip address add 192.0.2.7/24 dev eth0');
      await said(/address-history \S+ eth0 192\.0\.2\.7\/24 added/);
      const metric = /metric \d+/.exec(await lab.sh('ip route show default'))?.[0] ?? '';
      await lab.sh(`ip route replace default via 10.0.0.2 ${metric}`);
      await said(
        /default route of eth0 changed: via 10\.0\.0\.2 table main.* was default via 10\.0\.0\.1 table main src 10\.0\.0\.\d+ metric \d+$/,
      );
      await lab.sh('ip rule add from 198.51.100.7 lookup main priority 77; ip rule delete priority 77');
      await said(/a rule went: ipv4 77: from 198\.51\.100\.7 lookup main$/);
      await unplug(lab, ['eth0']);
      await said(/this host is offline/);
      await said(/eth0: ipv4 lease lost/);
      await plug(lab, ['eth0']);
      await said(/eth0 has a carrier/);
      await said(/eth0: ipv4 lease bound: ADDRESS=10\.0\.0\./);
      await said(/default route of eth0 added: via 10\.0\.0\.1 table main src 10\.0\.0\.\d+ metric \d+$/);
      await said(/this host is online/);
      await broker.stop();
      const failed = broker.log().filter(({ message }) => /10-\S+ .*(exit status [1-9]|failed|signal)/.test(message));
      expect(failed).toEqual([]);
      expect(broker.log().filter(({ message }) => message.includes(' table local'))).toEqual([]);
    }));
});
