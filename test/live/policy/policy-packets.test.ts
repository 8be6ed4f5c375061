import { afterEach, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { type Broker, configureBroker, startBroker } from '../lab/daemons/broker.js';
import { startBus } from '../lab/daemons/bus.js';
import { configureDhcp, configureStatic, plug, unplug, untilOperational } from '../lab/cables.js';
import { startDhcpServer } from '../lab/daemons/dhclient.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { startNetworkd } from '../lab/daemons/networkd.js';
import { sets } from '../lab/packages/packages.js';
import type { Process } from '../lab/process.js';
import { capture, type Captured, startEcho } from './packets.js';
import { client, configureHost, eth0, eth1, layTwoWays, type SecondLink } from './two-ways.js';

let lab: Lab;
let broker: Broker | undefined;
afterEach(async () => {
  await broker?.stop();
  broker = undefined;
  await lab.close();
});

const by = (link: string): Captured => ({ pings: 3, tcp: true, left: [`TCP by ${link}`, `ping by ${link}`] });
const unanswered: Captured = { pings: 0, tcp: false, left: [] };

/** Waits for the rules that send what comes from the address over its own link. */
const untilRuled = (address: string): Promise<true> =>
  lab.until(`a rule for ${address}`, async () => {
    const rules = await lab.sh(`ip ${address.includes(':') ? '-6' : '-4'} rule`);
    return rules.includes(`from ${address} lookup`) && rules.includes(`to ${address} lookup`);
  });

/** And for the router, which the lease tells a little later than the address. */
const untilRouted = async (address: string): Promise<true> => {
  await untilRuled(address);
  return lab.until(`${address} to answer by eth1`, async () =>
    (await lab.sh(`ip route get ${client[0]} from ${address}`)).includes(' dev eth1 '),
  );
};

/** With two links: without the daemon the host answers by the wrong one or, with a strict rp_filter, not at all. */
const prepare = async (second: SecondLink, generator = 'rtnetlink', chosen = 'eth1'): Promise<void> => {
  lab = await openLab({ programs: sets.packets });
  await layTwoWays(lab, second);
  await startEcho(lab);
  await configureBroker(
    lab,
    `[System]\nGenerator = "${generator}"\n[Network]\nRoutingPolicyRules = "${chosen}"\nEmitJSON = false\n`,
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

  test.each([
    ['', []],
    [', with routes in a table of its own', ['[DHCPv4]', 'RouteTable=77']],
  ])('after DHCP has given eth1 another address%s', async (_, more) => {
    await prepare({ subnet: 'its own' }, 'systemd-networkd');
    await startBus(lab);
    await configureStatic(lab, 'eth0', `${eth0[0]}/24\nGateway=192.0.2.1`);
    await configureDhcp(lab, 'eth1', ...more);
    const serve = (last: number): Promise<Process> =>
      startDhcpServer(lab, { netns: 'router1', range: `203.0.113.${last},203.0.113.${last}` });
    const first = await serve(60);
    broker = await startBroker(lab);
    await startNetworkd(lab);
    await untilRouted('203.0.113.60');
    expect((await lab.sh('ip route show default')).includes('dev eth1')).toBe(more.length === 0);
    expect(await capture(lab, '203.0.113.60')).toEqual(by('eth1'));

    await first.stop();
    await serve(70);
    await unplug(lab, ['eth1'], 'router1');
    await untilOperational(lab, 'eth1', 'no-carrier');
    await plug(lab, ['eth1'], 'router1');
    await untilRouted('203.0.113.70');
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

  test('and what is published of a container by eth1, too, with the recipe of the manual', async () => {
    const second: SecondLink = { subnet: 'its own', rpFilter: 1 };
    await prepare(second);
    await configureHost(lab, second);
    const [ipv4] = eth1(second);
    await lab.sh(`ip netns add container
      ip link add br0 type bridge; ip link set br0 up; ip address add 172.17.0.1/16 dev br0
      ip link add port master br0 type veth peer name inner netns container; ip link set port up
      echo 1 >/proc/sys/net/ipv4/ip_forward`);
    await lab.sh('ip link set inner up; ip address add 172.17.0.2/16 dev inner; ip route add default via 172.17.0.1', {
      netns: 'container',
    });
    await lab.sh(
      `nft 'table ip publish { chain published { type nat hook prerouting priority dstnat; tcp dport 7 dnat to 172.17.0.2; }; }'`,
    );
    await startEcho(lab, 'container');
    broker = await startBroker(lab);
    await untilRuled(ipv4);
    await lab.sh('echo 2 >/proc/sys/net/ipv4/conf/eth1/rp_filter');
    expect((await capture(lab, ipv4)).left).toEqual(['TCP by eth0', 'ping by eth1']);
    const manual = await readFile('docs/policy-rules.md', 'utf8');
    const recipe = /<!-- recipe -->\s+```sh\n(.*?)```/s.exec(manual)?.[1] ?? '';
    await lab.sh(recipe.replace('sysctl -w net.ipv4.conf.eth1.rp_filter=2', ''));
    expect(await capture(lab, ipv4)).toEqual(by('eth1'));
    expect(broker.log().filter(({ code }) => String(code).startsWith('policy'))).toEqual([]);
  });

  test('also if all links are chosen, a macvlan has the address, or the first of two routers is dead', async () => {
    const second: SecondLink = { subnet: 'its own' };
    await prepare(second, 'rtnetlink', '*');
    await configureHost(lab, second);
    const [ipv4] = eth1(second);
    const virtual = ipv4.replace(/\d+$/, '100');
    await lab.sh(`ip link add vrrp link eth1 type macvlan mode bridge; ip link set vrrp up; ip address add ${virtual}/32 dev vrrp
      echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore
      ip route delete default dev eth1
      ip route add default metric 2000 nexthop via ${ipv4.replace(/\d+$/, '77')} dev eth1 nexthop via ${ipv4.replace(/\d+$/, '1')} dev eth1
      echo 1 >/proc/sys/net/ipv4/fib_multipath_use_neigh`);
    broker = await startBroker(lab);
    await untilRuled(virtual);
    const knowsDeadRouter = (link: string): Promise<true> =>
      lab.until(`the dead router to be known as dead by ${link}`, async () => {
        await lab.sh(`ping -c 1 -W 1 -I ${link} ${ipv4.replace(/\d+$/, '77')} || true`);
        return (await lab.sh(`ip neigh show dev ${link}`)).includes('.77 FAILED');
      });
    await Promise.all(['eth1', 'vrrp'].map(knowsDeadRouter));
    expect(await capture(lab, ipv4)).toEqual(by('eth1'));
    const { left, ...reached } = await capture(lab, virtual);
    expect(reached).toEqual({ pings: 3, tcp: true });
    expect(left).not.toContain('ping by eth0');
    expect(left).not.toContain('TCP by eth0');
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
