import { expect, jest, test } from '@jest/globals';
import { startAttack } from '../hostile/start-attack.js';
import { type Broker, startBroker } from '../lab/daemons/broker.js';
import { plug, unplug, untilOperational } from '../lab/cables.js';
import type { Lab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { withNetwork } from '../lab/network.js';
import { startNetworkd } from '../lab/daemons/networkd.js';
import { forgetRuns, installRecorders, started } from '../lab/scripts.js';

/** What happens while the daemon stands still, and its queue on the bus is so full that the bus drops what comes. */
const whileDeaf = async (lab: Lab, broker: Broker, happens: () => Promise<unknown>): Promise<void> => {
  await broker.pause();
  const attack = await startAttack(lab, broker, 'a full queue', 'once');
  expect(await attack.ended).toMatchObject({ code: 0 });
  await happens();
  await broker.goOn();
};

const ready = async (lab: Lab): Promise<Broker> => {
  await installRecorders(lab);
  const broker = await startBroker(lab);
  await lab.until('the state at start', async () => (await started(lab, 'eth0')).includes('configured.d eth0'));
  await forgetRuns(lab);
  return broker;
};
const serves = (lab: Lab, run: string): Promise<true> =>
  lab.until(run, async () => (await started(lab)).includes(run), 20);
const losses = (broker: Broker): readonly string[] =>
  broker.log().flatMap(({ code, message }) => (code === 'signals-lost' ? [message] : []));

jest.setTimeout(120_000);

/** What may happen to links, and to networkd, without any of its signals being lost. */
const steps: readonly (readonly [string, string])[] = [
  [
    'a carrier that goes and comes',
    'ip netns exec router sh -c "ip link set to-eth0 down; sleep 1.2; ip link set to-eth0 up"',
  ],
  ['an address of somebody else’s', 'ip address add 192.0.2.9/24 dev eth1'],
  ['a bridge with a port', 'ip link add br0 type bridge; ip link set br0 up; ip link set eth1 master br0'],
  ['a port without carrier', 'ip -n router link set to-eth1 down'],
  ['a port that leaves', 'ip link set eth1 nomaster; ip -n router link set to-eth1 up'],
  [
    'links that come and go',
    'for n in 1 2 3 4 5; do ip link add x$n type veth peer name y$n; ip link set x$n up; ip link del x$n; done',
  ],
  ['a link down', 'ip link set eth1 down'],
  ['a link renamed', 'ip link add old0 type veth peer name old1; ip link set old0 name new0; ip link set new0 up'],
];

// Each waits for what is looked at a second later, in a laboratory of its own.
describeLive('what networkd signals while a stranger has filled the bus’s queue is lost, and nothing else', () => {
  test.concurrent('a carrier loss is found out and served all the same, once, and so is what follows', () =>
    withNetwork(['static'], async ({ lab }) => {
      const broker = await ready(lab);
      await whileDeaf(lab, broker, async () => {
        await unplug(lab, ['eth0']);
        await untilOperational(lab, 'eth0', 'no-carrier');
      });
      await serves(lab, 'no-carrier.d eth0');
      await serves(lab, 'manager.d -');
      expect(losses(broker)).toEqual([expect.stringMatching(/eth0.*CarrierState=no-carrier/)]);
      await plug(lab, ['eth0']);
      await serves(lab, 'routable.d eth0');
      await broker.stop();
      expect((await started(lab, 'eth0')).filter(run => run === 'no-carrier.d eth0')).toHaveLength(1);
      expect(losses(broker)).toHaveLength(1);
    }),
  );

  test.concurrent('so are those of a networkd that was restarted, whose new name is among what is lost', () =>
    withNetwork(['static'], async ({ lab, networkd }) => {
      const broker = await ready(lab);
      await whileDeaf(lab, broker, async () => {
        await networkd.stop();
        await startNetworkd(lab);
        await unplug(lab, ['eth0']);
        await untilOperational(lab, 'eth0', 'no-carrier');
      });
      await serves(lab, 'no-carrier.d eth0');
      await forgetRuns(lab); // a networkd that ends may take addresses away, and what came back is told as well
      await plug(lab, ['eth0']);
      await serves(lab, 'routable.d eth0');
      await broker.stop();
    }),
  );

  test.concurrent(
    'a network at work loses no signals, as far as is told; a file that says otherwise for good is told of once',
    () =>
      withNetwork(['dhcp', 'static'], async ({ lab, networkd }) => {
        const broker = await ready(lab);
        const index = async (link: string): Promise<string> =>
          (await lab.sh(`cat /sys/class/net/${link}/ifindex`)).trim();
        /** What is told of a link until one of which networkd is made to have written something false has been told of. */
        const told = async (nth: number): Promise<readonly string[]> => {
          const link = `control${nth}`;
          await lab.sh(`ip link add ${link} type veth peer name lortnoc${nth}`);
          const file = `/run/systemd/netif/links/${await index(link)}`;
          await lab.until('networkd to write', async () => (await lab.read(file)).includes('ADMIN_STATE=unmanaged'));
          await lab.until('the bus to tell', () =>
            broker.log().some(one => one.link === link && one.property === 'AdministrativeState'),
          );
          await lab.write(file, (await lab.read(file)).replace(/OPER_STATE=.*/, 'OPER_STATE=dormant'));
          await lab.sh(`ip link property add dev ${link} altname ${link}-again`);
          const isControl = (message: string): boolean => message.includes(`${link}: `);
          await lab.until('the false word to be told of', () => losses(broker).some(isControl));
          return losses(broker).filter(message => !/\((control\d+: [^;]*)\)/.test(message));
        };
        for (const [nth, [what, commands]] of steps.entries()) {
          await lab.sh(commands);
          expect([what, await told(nth)]).toEqual([what, []]);
        }
        await networkd.stop();
        await startNetworkd(lab);
        expect(await told(steps.length)).toEqual([]);
        await broker.stop();
        expect(losses(broker)).toHaveLength(steps.length + 1);
      }),
  );
});
