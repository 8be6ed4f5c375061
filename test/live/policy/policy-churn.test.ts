import { afterEach, expect, test } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type Broker,
  configureBroker,
  launchBroker,
  type LogRecord,
  startBroker,
  untilLogged,
} from '../lab/daemons/broker.js';
import { startBus } from '../lab/daemons/bus.js';
import { configureStatic, layCables, plug, unplug, untilOperational } from '../lab/cables.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { isLong } from '../lab/long.js';
import { startNetworkd } from '../lab/daemons/networkd.js';
import { foreign, ownRules, untilRight } from './kernel.js';

let lab: Lab;
let brokers: Broker[] = [];
afterEach(async () => {
  for (const broker of brokers) await broker.stop();
  brokers = [];
  await lab.close();
});

const start = async (): Promise<Broker> => {
  const broker = await startBroker(lab);
  brokers.push(broker);
  return broker;
};

const configure = (generator: string, chosen: string): Promise<void> =>
  configureBroker(
    lab,
    `[System]\nGenerator = "${generator}"\n[Network]\nRoutingPolicyRules = "${chosen}"\nEmitJSON = false\n`,
  );

/** An administrator's: one that looks like ours but for the mark, one of his own. networkd leaves those of the kernel alone. */
const addForeign = (address: string, table: number): Promise<string> =>
  lab.sh(`ip rule add from ${address} lookup ${table} priority 9999 protocol kernel
    ip rule add from 198.51.100.0/24 lookup 77 priority 5000 protocol kernel
    ip -6 rule add from 2001:db8::/32 lookup 77 priority 5000 protocol kernel
    ip route add default dev lo table 77 protocol kernel`);

const administrativeState = async (link: string): Promise<string> =>
  /"(\w+)"/.exec(
    await lab.sh(
      `busctl get-property org.freedesktop.network1 /org/freedesktop/network1/link/_3$(cat /sys/class/net/${link}/ifindex) org.freedesktop.network1.Link AdministrativeState 2>&1 || true`,
    ),
  )?.[1] ?? '';
const untilConfigured = (link: string): Promise<true> =>
  lab.until(`${link} to be configured`, async () => (await administrativeState(link)) === 'configured');

describeLive('policy rules beside systemd-networkd', () => {
  test.each([
    ['which deletes what is not its own', 'yes'],
    ['which is told to leave it alone', 'no'],
  ])('%s: reconfigured, restarted, without a carrier for a while: they come back as desired', async (_, manages) => {
    lab = await openLab();
    await startBus(lab);
    await lab.sh('ip netns add router');
    await layCables(lab, [0, 1]);
    await configureStatic(lab, 'eth0', '10.0.0.50/24\nGateway=10.0.0.1');
    await configureStatic(lab, 'eth1', '10.0.1.50/24\nAddress=2001:db8:1::50/64');
    await lab.write(
      '/etc/systemd/networkd.conf.d/foreign.conf',
      `[Network]\nManageForeignRoutingPolicyRules=${manages}\nManageForeignRoutes=${manages}\n`,
    );
    await plug(lab, ['eth0', 'eth1']);
    const networkd = await startNetworkd(lab);
    for (const link of ['eth0', 'eth1']) await untilConfigured(link);
    await addForeign('10.0.1.50', 9999 + 3);
    const others = await foreign(lab);
    await configure('systemd-networkd', 'eth1');
    const broker = await start();

    const untilBack = async (): Promise<void> => {
      await untilRight(lab, 'eth1');
      expect(await foreign(lab)).toEqual(others);
      expect(await ownRules(lab)).toHaveLength(4);
    };
    await untilBack();
    const reconfigure = async (): Promise<void> => {
      await lab.sh('networkctl reconfigure eth1');
      await untilConfigured('eth1');
      await untilBack();
    };
    await reconfigure();
    await reconfigure();
    await networkd.stop();
    await startNetworkd(lab);
    await untilConfigured('eth1');
    await untilBack();
    const isUndone = ({ code }: LogRecord): boolean => code === 'policy-undone';
    if (manages === 'no') expect(broker.log().filter(isUndone)).toEqual([]);
    await lab.sh('ip rule delete from 10.0.1.50 protocol 217');
    await untilBack();
    await untilLogged(
      lab,
      broker,
      'what somebody has deleted, and who it may have been',
      record => isUndone(record) && record.message.includes('ManageForeignRoutingPolicyRules=no'),
    );

    await unplug(lab, ['eth1']);
    await untilOperational(lab, 'eth1', 'no-carrier');
    await untilRight(lab, 'eth1');
    expect(await foreign(lab)).toEqual(others);
    await plug(lab, ['eth1']);
    await untilOperational(lab, 'eth1', 'routable');
    await untilConfigured('eth1');
    await untilBack();
  });
});

const KILLS = isLong ? 50 : 20;

/** Addresses and routes of three links come and go, a link goes down and up. */
const churn = [0, 1, 2].flatMap(n => [
  ...[5, 6, 7, 8, 9].flatMap(host => [
    `address add 10.0.${n}.${host}/24 dev eth${n}`,
    `address add 2001:db8:${n}::${host}/64 dev eth${n} nodad`,
  ]),
  `route replace default via 10.0.${n}.1 dev eth${n} metric ${n}`,
  `route replace 192.0.2.0/24 via 10.0.${n}.2 dev eth${n}`,
  ...[6, 8].flatMap(host => [
    `address delete 10.0.${n}.${host}/24 dev eth${n}`,
    `address delete 2001:db8:${n}::${host}/64 dev eth${n}`,
  ]),
  'link set eth2 down',
  'link set eth2 up',
  'address flush dev eth1',
]);

describeLive('policy rules', () => {
  test(`killed at any moment while addresses come and go, ${KILLS} times: in the end all is as desired, nothing is left over`, async () => {
    lab = await openLab();
    await lab.sh('ip netns add router');
    await layCables(lab, [0, 1, 2]);
    await plug(lab, ['eth0', 'eth1', 'eth2']);
    await lab.sh('for n in 0 1 2; do ip link set eth$n addrgenmode none up; done');
    await addForeign('10.0.1.5', 9999 + 3);
    const others = await foreign(lab);
    await configure('rtnetlink', 'eth*');
    await lab.write('/tmp/churn', `${churn.join('\n')}\n`);
    const changing = await lab.start('churn', [
      'sh',
      '-c',
      'while :; do ip -force -batch /tmp/churn >/dev/null 2>&1; done',
    ]);
    for (let n = 0; n < KILLS; n++) {
      const broker = await launchBroker(lab);
      // Any moment: from its start on, or of its work.
      if (n % 2 === 1) await untilLogged(lab, broker, 'what it has done', ({ kind }) => kind === 'applied');
      await wait(Math.random() * 300);
      await broker.stop('SIGKILL');
    }
    expect(await ownRules(lab)).not.toEqual([]);
    await changing.stop('SIGKILL');
    await start();
    await untilRight(lab, 'eth*');
    expect(await foreign(lab)).toEqual(others);
  }, 120_000);

  test('a second daemon says that it leaves them to the first, and does; when the first ends, it is its turn', async () => {
    lab = await openLab();
    await lab.sh('ip link add eth1 type veth peer name to; ip link set to up; ip link set eth1 addrgenmode none up');
    await lab.sh('ip address add 192.0.2.6/24 dev eth1');
    await configure('rtnetlink', 'eth1');
    const first = await start();
    await untilRight(lab, 'eth1');
    await lab.sh('install -d -o network-broker /tmp/beside');
    const second = await startBroker(lab, { env: { RUNTIME_DIRECTORY: '/tmp/beside' } });
    await untilLogged(
      lab,
      second,
      'that another one looks after the rules',
      ({ code, message }) => code === 'policy-locked' && message.includes('another network-broker'),
    );
    const before = await ownRules(lab);
    await first.pause();
    await lab.sh('ip address add 192.0.2.7/24 dev eth1');
    await untilLogged(lab, second, 'the new address', ({ message }) => message.includes('192.0.2.7'));
    await lab.sh('ip rule delete from 192.0.2.6 protocol 217');
    expect(await ownRules(lab)).toEqual(before.filter(rule => !rule.includes('from 192.0.2.6')));
    await first.goOn();
    await untilRight(lab, 'eth1');
    expect(second.log().filter(({ kind }) => kind === 'applied')).toEqual([]);

    await first.stop();
    await lab.sh('ip address add 192.0.2.8/24 dev eth1');
    await untilRight(lab, 'eth1');
    expect(await ownRules(lab)).toHaveLength(6);
  });
});
