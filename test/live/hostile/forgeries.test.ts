import { expect, test } from '@jest/globals';
import dbus from 'dbus-next';
import { startBroker } from '../lab/daemons/broker.js';
import { unplug } from '../lab/cables.js';
import { type Client, connectClient, namesOnBus } from '../lab/bus-clients/client.js';
import { describeLive } from '../lab/live.js';
import { type Network, withNetwork } from '../lab/network.js';
import { networkdOwner } from '../lab/daemons/networkd.js';
import { forgetRuns, installRecorders, started } from '../lab/scripts.js';

const degraded = (path: string) => ({
  path,
  of: 'org.freedesktop.DBus.Properties',
  member: 'PropertiesChanged',
  signature: 'sa{sv}as',
  body: ['org.freedesktop.network1.Link', { OperationalState: new dbus.Variant('s', 'degraded') }, []],
});
const ownerChanged = (from: string, to: string) => ({
  path: '/org/freedesktop/DBus',
  of: 'org.freedesktop.DBus',
  member: 'NameOwnerChanged',
  signature: 'sss',
  body: ['org.freedesktop.network1', from, to],
});

type Forge = (client: Client, daemon: readonly string[], link: string) => Promise<void>;

/** Runs the forger against a daemon at rest; gives the scripts that ran until a real carrier loss had been served. */
const afterForgery = async ({ lab }: Network, forge: Forge): Promise<readonly string[]> => {
  await installRecorders(lab);
  const broker = await startBroker(lab);
  await lab.until('the state at start to be acted on', async () =>
    (await started(lab, 'eth0')).includes('configured.d eth0'),
  );
  const index = (await lab.sh('cat /sys/class/net/eth0/ifindex')).trim();
  const client = await connectClient(lab);
  await forgetRuns(lab);
  try {
    await forge(client, await namesOnBus(lab, broker.pid), `/org/freedesktop/network1/link/_3${index}`);
    // The bus keeps the order: when the real change has been served, the forged one was read before it.
    await unplug(lab, ['eth0']);
    await lab.until('the real carrier loss', async () => (await started(lab, 'eth0')).includes('offline.d eth0'));
    await broker.stop();
    return await started(lab, 'eth0');
  } finally {
    client.close();
  }
};

describeLive('a client that is not networkd', () => {
  test('changes nothing by a PropertiesChanged that it sends to the daemon alone', () =>
    withNetwork(['static'], async network => {
      const runs = await afterForgery(network, (client, daemon, link) => client.emit(degraded(link), daemon));
      expect(runs).toEqual(['no-carrier.d eth0', 'offline.d eth0']);
    }));

  test('changes nothing by a PropertiesChanged that it sends to everybody', () =>
    withNetwork(['static'], async network => {
      const runs = await afterForgery(network, (client, _, link) => client.emit(degraded(link)));
      expect(runs).toEqual(['no-carrier.d eth0', 'offline.d eth0']);
    }));

  test('does not become networkd by a NameOwnerChanged of its own', () =>
    withNetwork(['static'], async network => {
      const runs = await afterForgery(network, async (client, daemon, link) => {
        await client.emit(ownerChanged((await networkdOwner(network.lab)) ?? '', client.name), daemon);
        await client.emit(degraded(link), daemon);
      });
      expect(runs).toEqual(['no-carrier.d eth0', 'offline.d eth0']);
    }));

  test('does not make the daemon believe that networkd has gone', () =>
    withNetwork(['static'], async network => {
      const runs = await afterForgery(network, async (client, daemon) =>
        client.emit(ownerChanged((await networkdOwner(network.lab)) ?? '', ''), daemon),
      );
      expect(runs).toEqual(['no-carrier.d eth0', 'offline.d eth0']);
    }));
});
