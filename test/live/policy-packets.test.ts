import { afterEach, expect, test } from '@jest/globals';
import { type Broker, configureBroker, startBroker } from './lab/broker.js';
import { startBus } from './lab/bus.js';
import { configureDhcp, configureStatic, plug, unplug, untilOperational } from './lab/cables.js';
import { startDhcpServer } from './lab/dhclient.js';
import { type Lab, openLab } from './lab/lab.js';
import { describeLive } from './lab/live.js';
import { startNetworkd } from './lab/networkd.js';
import type { Process } from './lab/process.js';
import { capture, type Captured, startEcho } from './policy/packets.js';
import { client, configureHost, eth0, eth1, layTwoWays, type SecondLink } from './policy/two-ways.js';

let lab: Lab;
let broker: Broker | undefined;
afterEach(async () => {
  await broker?.stop();
  broker = undefined;
  await lab.close();
});

const by = (link: string): Captured => ({ pings: 3, tcp: true, left: [`ping by ${link}`, `TCP by ${link}`] });
const unanswered: Captured = { pings: 0, tcp: false, left: [] };

/** Waits for the rules that send what comes from the address over its own link. */
const untilRuled = (address: string): Promise<true> =>
  lab.until(`a rule for ${address}`, async () => {
    const rules = await lab.sh(`ip ${address.includes(':') ? '-6' : '-4'} rule`);
    return rules.includes(`from ${address} lookup`) && rules.includes(`to ${address} lookup`);
  });

/** With two links: without the daemon the host answers by the wrong one or, with a strict rp_filter, not at all. */
const prepare = async (second: SecondLink, generator = 'rtnetlink'): Promise<void> => {
  lab = await openLab({ programs: ['/usr/bin/ping', '/usr/bin/tcpdump'] });
  await layTwoWays(lab, second);
  await startEcho(lab);
  await configureBroker(
    lab,
    `[System]\nGenerator = "${generator}"\n[Network]\nRoutingPolicyRules = "eth1"\nEmitJSON = false\n`,
  );
};

describeLive("what comes in for eth1's address is answered by eth1", () => {
  const situations: readonly (readonly [string, SecondLink])[] = [
    ['in one subnet, rp_filter 0', { rpFilter: 0 }],
    ['in one subnet, rp_filter 1', { rpFilter: 1 }],
    ['in one subnet, rp_filter 2', { rpFilter: 2 }],
    ['in two subnets, rp_filter 0', { subnet: 'its own', rpFilter: 0 }],
    ['in two subnets, rp_filter 1', { subnet: 'its own', rpFilter: 1 }],
    ['in two subnets, rp_filter 2', { subnet: 'its own', rpFilter: 2 }],
    ['with ifindex 30000', { ifindex: 30_000 }],
  ];
  test.each(situations)('%s', async (_, second) => {
    await prepare(second);
    await configureHost(lab, second);
    const [ipv4, ipv6] = eth1(second);
    expect(await capture(lab, ipv4)).toEqual(second.rpFilter === 1 ? unanswered : by('eth0'));
    expect(await capture(lab, ipv6)).toEqual(by('eth0'));

    broker = await startBroker(lab);
    for (const address of [ipv4, ipv6]) {
      await untilRuled(address);
      expect(await capture(lab, address)).toEqual(by('eth1'));
    }
  });

  test('after DHCP has given eth1 another address', async () => {
    await prepare({ subnet: 'its own' }, 'systemd-networkd');
    await startBus(lab);
    await configureStatic(lab, 'eth0', `${eth0[0]}/24\nGateway=192.0.2.1`);
    await configureDhcp(lab, 'eth1');
    const serve = (last: number): Promise<Process> =>
      startDhcpServer(lab, { netns: 'router1', range: `203.0.113.${last},203.0.113.${last}` });
    const first = await serve(60);
    broker = await startBroker(lab);
    await startNetworkd(lab);
    await untilRuled('203.0.113.60');
    expect(await capture(lab, '203.0.113.60')).toEqual(by('eth1'));

    await first.stop();
    await serve(70);
    await unplug(lab, ['eth1'], 'router1');
    await untilOperational(lab, 'eth1', 'no-carrier');
    await plug(lab, ['eth1'], 'router1');
    await untilRuled('203.0.113.70');
    expect(await capture(lab, '203.0.113.70')).toEqual(by('eth1'));
    await lab.until('no rule for the old address', async () => !(await lab.sh('ip rule')).includes('203.0.113.60'));
  });

  test('and what comes from a container, behind a bridge without a way out, by the bridge', async () => {
    await prepare({ rpFilter: 1 });
    await configureHost(lab, {});
    await lab.sh(`ip netns add container
      ip link add br0 type bridge; ip link set br0 up
      ip link add port master br0 type veth peer name inner netns container; ip link set port up
      ip address add 172.17.0.1/16 dev br0; ip address add 2001:db8:17::1/64 dev br0 nodad`);
    await lab.sh(
      `ip link set inner up; ip address add 172.17.0.2/16 dev inner; ip address add 2001:db8:17::2/64 dev inner nodad
      ip route add default via 172.17.0.1; ip route add default via 2001:db8:17::1`,
      { netns: 'container' },
    );
    broker = await startBroker(lab);
    for (const address of eth1({})) {
      await untilRuled(address);
      const { left, ...reached } = await capture(lab, address, 'container');
      // A port of the bridge is seen, too.
      expect({ ...reached, left: left.filter(each => !each.endsWith('by port')) }).toEqual(by('br0'));
      expect(await capture(lab, address)).toEqual(by('eth1'));
    }
  });

  test('and not at all what the main table refuses', async () => {
    await prepare({});
    await configureHost(lab, {});
    const [ipv4, ipv6] = eth1({});
    await lab.sh(`ip route add blackhole ${client[0]}; ip -6 route add prohibit ${client[1]}`);
    broker = await startBroker(lab);
    for (const address of [ipv4, ipv6]) {
      await untilRuled(address);
      expect(await capture(lab, address)).toEqual(unanswered);
    }
    await lab.sh(`ip route delete blackhole ${client[0]}; ip -6 route delete prohibit ${client[1]}`);
    await lab.until('the tables to follow', async () => {
      const tables = await lab.sh('ip route show table all; ip -6 route show table all');
      return !/blackhole|prohibit/.test(tables);
    });
    for (const address of [ipv4, ipv6]) expect(await capture(lab, address)).toEqual(by('eth1'));
  });
});
