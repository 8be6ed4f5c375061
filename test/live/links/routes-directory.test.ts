import { expect, test } from '@jest/globals';
import { configureBroker, startBroker } from '../lab/daemons/broker.js';
import { type Lab, withLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { installScript } from '../lab/scripts.js';

const generator = (names: string, more = ''): string => `[System]\nGenerator = "${names}"\n${more}`;
const list = async (lab: Lab): Promise<readonly { readonly ifindex: number; readonly ifname: string }[]> =>
  JSON.parse(await lab.sh('ip -json link')) as { ifindex: number; ifname: string }[];

/** Is somebody here a member of RTNLGRP_IPV4_ROUTE (7, linux/rtnetlink.h)? The groups are a mask in hexadecimal. */
const listensToRoutes = async (lab: Lab): Promise<boolean> =>
  (await lab.sh('cat /proc/net/netlink'))
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .some(([, protocol, , groups = '0']) => protocol === '0' && (Number.parseInt(groups, 16) & 0x40) !== 0);

describeLive('routes.d', () => {
  test('the first script that is put into it makes the daemon listen; without it no route is heard of', async () =>
    withLab(async lab => {
      await lab.sh(
        'ip link add eth0 type veth peer name to; ip link set to addrgenmode none up; ip link set eth0 addrgenmode none up',
      );
      await lab.sh('mkdir -p /etc/network-broker/routes.d');
      await configureBroker(lab, generator('rtnetlink'));
      const broker = await startBroker(lab);
      expect(await listensToRoutes(lab)).toBe(false);
      await lab.sh('ip route add 198.51.100.0/24 dev eth0');

      await lab.write('/var/log/routes', '', 0o666);
      const record = '#!/bin/sh\necho "${LINK:-none} ${LINKINDEX}: $ROUTES" >>/var/log/routes\n';
      await installScript(lab, 'routes.d', '10-record', record);
      await lab.until('the groups to be joined', () => listensToRoutes(lab));
      await lab.sh('ip route add 203.0.113.0/24 dev eth0');
      await lab.until('the script', async () => (await lab.read('/var/log/routes')).includes('203.0.113.0/24'));
      const ifindex = (await list(lab)).find(({ ifname }) => ifname === 'eth0')?.ifindex;
      expect(await lab.read('/var/log/routes')).toBe(`eth0 ${ifindex}: added 203.0.113.0/24 table main\n`);

      await lab.sh(': >/var/log/routes; ip route add blackhole 192.0.2.0/24');
      await lab.until('a route without a link', async () => (await lab.read('/var/log/routes')).endsWith('main\n'));
      expect(await lab.read('/var/log/routes')).toBe('none 0: added blackhole 192.0.2.0/24 table main\n');
      await lab.sh(': >/var/log/routes; ip route add 198.18.0.0/24 nexthop dev eth0 nexthop dev to');
      await lab.until('a route over two links', async () => (await lab.read('/var/log/routes')).endsWith('main\n'));
      expect(await lab.read('/var/log/routes')).toBe(
        'none 0: added 198.18.0.0/24 nexthop dev eth0 nexthop dev to table main\n',
      );
      await lab.sh(': >/var/log/routes; ip link set to down; ip link set to name lan0; ip link set lan0 up');
      await lab.sh('ip route add 198.19.0.0/24 nexthop dev eth0 nexthop dev lan0');
      await lab.until('its new name', async () => (await lab.read('/var/log/routes')).includes('198.19.0.0'));
      expect(await lab.read('/var/log/routes')).toContain(
        'none 0: added 198.19.0.0/24 nexthop dev eth0 nexthop dev lan0 table main\n',
      );

      await lab.sh('rm /etc/network-broker/routes.d/10-record');
      await lab.until('the groups to be left', async () => !(await listensToRoutes(lab)));
      await broker.stop();
    }));

  test('10,000 routes that come and go start a handful of scripts, which know in the end exactly what there is', async () =>
    withLab(async lab => {
      const count = 10_000;
      await lab.sh('ip link add eth0 type veth peer name to; ip link set to up; ip link set eth0 addrgenmode none up');
      await lab.write('/var/log/routes', '', 0o666);
      // As a script should: what has been missed is listed anew.
      const account = `#!/bin/sh
[ "$LINK" = eth0 ] || exit 0
echo "run" >>/var/log/routes
if grep -q '^lost' "$ROUTES_FILE"; then
  { echo lost; ip route show dev eth0 | sed 's/^/added /'; } >>/var/log/routes
else
  cat "$ROUTES_FILE" >>/var/log/routes
fi
`;
      await installScript(lab, 'routes.d', '10-account', account);
      await configureBroker(lab, generator('rtnetlink'));
      const broker = await startBroker(lab);
      await lab.until('the groups to be joined', () => listensToRoutes(lab));
      const line = (action: string, n: number): string => `route ${action} 10.0.${n >> 8}.${n & 255}/32 dev eth0\n`;
      const numbers = Array.from({ length: count }, (_, n) => n);
      await lab.write('/tmp/add', numbers.map(n => line('add', n)).join(''));
      await lab.write(
        '/tmp/delete',
        numbers
          .map(n => line('delete', n))
          .slice(1)
          .join(''),
      );
      const known = async (): Promise<ReadonlySet<string>> => {
        const routes = new Set<string>();
        for (const told of (await lab.read('/var/log/routes')).split('\n')) {
          const [action, route = ''] = told.split(' ');
          if (action === 'lost') routes.clear();
          if (action === 'added') routes.add(route);
          if (action === 'removed') routes.delete(route);
        }
        return routes;
      };
      await lab.sh('ip -batch /tmp/add');
      await lab.until('all routes to be known', async () => (await known()).size === count);
      await lab.sh('ip -batch /tmp/delete');
      await lab.until('one route to be left', async () => (await known()).size === 1);
      await broker.stop();
      expect([...(await known())]).toEqual(['10.0.0.0']);
      const runs = (await lab.read('/var/log/routes')).split('\n').filter(told => told === 'run');
      expect(runs.length).toBeLessThan(100);
    }));

  test('rules.d: rules that anybody adds and deletes, as ip-rule(8) writes them, and none of the daemon\u2019s own', async () =>
    withLab(async lab => {
      await lab.sh('ip link add eth0 type veth peer name to; ip link set to up; ip link set eth0 up');
      await lab.write('/etc/iproute2/rt_tables', '255 local\n254 main\n253 default\n0 unspec\n42 office\n');
      await lab.write('/var/log/rules', '', 0o666);
      await installScript(lab, 'rules.d', '10-record', '#!/bin/sh\necho "$RULES" >>/var/log/rules\n');
      await configureBroker(lab, generator('rtnetlink', '[Network]\nRoutingPolicyRules = "eth0"\n'));
      const broker = await startBroker(lab);
      await lab.sh('ip address add 192.0.2.5/24 dev eth0');
      await lab.until('our own rules', async () => (await lab.sh('ip rule')).includes('from 192.0.2.5 lookup'));
      await lab.sh(
        'ip mrule add iif lo lookup 9; ip rule add from 198.51.100.7 lookup main priority 77; ip -6 rule add fwmark 7 lookup office priority 78',
      );
      await lab.until('both', async () => (await lab.read('/var/log/rules')).includes('ipv6'));
      await lab.sh('ip rule delete priority 77');
      await lab.until('its end', async () => (await lab.read('/var/log/rules')).includes('removed'));
      await broker.stop();
      expect((await lab.read('/var/log/rules')).split('\n')).toEqual([
        'added ipv4 77: from 198.51.100.7 lookup main',
        'added ipv6 78: from all fwmark 0x7 lookup office',
        'removed ipv4 77: from 198.51.100.7 lookup main',
        '',
      ]);
    }));
});
