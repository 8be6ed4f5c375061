import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { checkout } from '../lab/checkout.js';
import { describeLive } from '../lab/live.js';
import { inOtherKernel, obstacle } from '../lab/systems/other-kernel.js';

const why = obstacle();
if (why !== undefined) process.stderr.write(`tests on another kernel are skipped: ${why}\n`);
const describeOther = why === undefined ? describeLive : describe.skip;

const network = `
ip link set lo up
load drivers/net/dummy numdummies=0
ip link add eth0 type dummy; ip link set eth0 up
ip address add 192.0.2.1/24 dev eth0; ip route add default via 192.0.2.254
ip rule add from 192.0.2.9 lookup 100 priority 1000
`;

/** What the lists of the package are in a kernel that these commands have prepared: families and what is listed, or the error. */
const lists = async (commands: string): Promise<Readonly<Record<string, unknown>>> => {
  const source = `
    const netlink = await import(${JSON.stringify(join(checkout, 'packages/netlink/dist/index.js'))});
    const told = async (ask, say) => {
      try {
        const list = await ask();
        return list.map(object => object.family + ' ' + say(object));
      } catch (error) {
        return error.code;
      }
    };
    const seen = {};
    for (const [name, filter] of [['all', {}], ['six', { family: netlink.AF_INET6 }]]) {
      seen[name + ' addresses'] = await told(() => netlink.listAddresses(filter), ({ address }) => address);
      seen[name + ' routes'] = await told(() => netlink.listRoutes({ ...filter, table: 254 }), ({ destination }) => destination);
      seen[name + ' rules'] = await told(() => netlink.listRules(filter), ({ priority }) => priority);
    }
    seen.refused = (await netlink.applyAll([
      { action: 'add', object: { kind: 'rule', from: '2001:db8::1', table: 100 } },
      { action: 'add', object: { kind: 'rule', from: '192.0.2.7', table: 100, priority: 7 } },
    ])).map(error => error?.code ?? 'done');
    process.stdout.write('LISTS ' + JSON.stringify(seen) + '\\n');`;
  const said = await inOtherKernel(
    `${network}\n${commands}\ncat > /run/lists.mjs <<'END'${source}\nEND\nnode /run/lists.mjs`,
  );
  return JSON.parse(/^LISTS (.*)$/m.exec(said)?.[1] ?? said) as Readonly<Record<string, unknown>>;
};

const ofIpv4 = {
  'all addresses': ['2 127.0.0.1', '2 192.0.2.1'],
  'all routes': ['2 0.0.0.0/0', '2 192.0.2.0/24'],
  'all rules': ['2 0', '2 1000', '2 32766', '2 32767'],
  'six addresses': [],
  'six routes': [],
  'six rules': 'EAFNOSUPPORT',
  refused: ['EAFNOSUPPORT', 'done'],
};

describeOther('on a kernel without IPv6', () => {
  test.each([
    ['without the module', ''],
    ['with ipv6.disable=1', 'load lib/crc-ccitt; load net/ipv6/ipv6 disable=1'],
    [
      'with MPLS, whose routes come instead of those of IPv6',
      `load net/ipv4/ip_tunnel; load net/mpls/mpls_router
       echo 1000 > /proc/sys/net/mpls/platform_labels; ip -f mpls route add 300 via inet 192.0.2.9 dev eth0`,
    ],
  ])(
    '%s, what is listed is of IPv4, once; only who names IPv6 is told that there is none',
    async (_, commands) => {
      expect(await lists(commands)).toEqual(ofIpv4);
    },
    130_000,
  );

  test('the daemon sets the rules and the table of a link', async () => {
    const said = await inOtherKernel(`${network}
      printf '%s\\n' '[System]' 'Generator = "rtnetlink"' '[Network]' 'RoutingPolicyRules = "eth*"' > /run/broker.toml
      export NETWORK_BROKER_USER=nobody
      ${join(checkout, 'bin/network-broker')} run --config /run/broker.toml &
      for n in $(seq 100); do
        if ip rule show | grep -q 'to 192.0.2.1 '; then break; fi
        sleep 0.1
      done
      ip rule show; ip route show table 10001`);
    expect(said).toContain('9999:\tfrom 192.0.2.1 lookup 10001');
    expect(said).toContain('9999:\tfrom all to 192.0.2.1 lookup 10001');
    expect(said).toMatch(/^default via 192\.0\.2\.254 dev eth0/m);
  }, 130_000);
});
