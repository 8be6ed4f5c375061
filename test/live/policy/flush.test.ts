import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { configureBroker, startBroker } from '../lab/daemons/broker.js';
import { checkout } from '../lab/checkout.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import type { User } from '../lab/namespace/users.js';

// The real kernel, no bus: rules of an earlier run, and what looks like them.
let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
  await lab.sh(`
    ip link add eth0 type veth peer name peer0
    ip link set eth0 addrgenmode none up
    ip link set peer0 addrgenmode none up
    ip address add 192.0.2.5/24 dev eth0
    ip address add 2001:db8::5/64 dev eth0 nodad
  `);
});
afterEach(() => lab.close());

const path = `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin`;
const launcher = join(checkout, 'bin', 'network-broker');
/** What it prints, both streams, and its exit status. */
const flush = (as: User = 'root'): Promise<string> =>
  lab.sh(`"$0" flush 2>&1 && echo status 0 || echo status $?`.replace('$0', launcher), { as, env: { PATH: path } });
const listed = async (): Promise<string> =>
  (
    await Promise.all(
      ['rule', '-6 rule', 'route show table all', '-6 route show table all'].map(what => lab.sh(`ip ${what}`)),
    )
  ).join('');
const leave = (): Promise<string> =>
  lab.sh(`
    ip rule add from 192.0.2.5 lookup 10002 priority 9999 protocol 217
    ip rule add to 192.0.2.5 lookup 10002 priority 9999 protocol 217
    ip -6 rule add from 2001:db8::5 lookup 10002 priority 9999 protocol 217
    ip route add 198.51.100.0/24 via 192.0.2.1 dev eth0 table 10002 protocol 217
    ip route add blackhole 203.0.113.0/24 table 10002 protocol 217
    ip route add default via 192.0.2.1 dev eth0 table main metric 7 protocol 217
    ip route add default via 2001:db8::1 dev eth0 table 10002 protocol 217
    ip route add default table 10002 protocol 217 nexthop via 192.0.2.2 nexthop via 192.0.2.3
  `);

describeLive('flush', () => {
  test('removes what is ours from the kernel, names it, and leaves alone what only looks alike', async () => {
    await lab.sh(`
      ip rule add from 192.0.2.5 lookup 10002 priority 9999
      ip route add default via 192.0.2.1 dev eth0 table 10003
    `);
    const before = await listed();
    await leave();
    expect(await flush()).toBe(
      `removed  rule   from 192.0.2.5 lookup 10002
removed  rule   to 192.0.2.5 lookup 10002
removed  rule   from 2001:db8::5 lookup 10002
removed  route  default table 10002
removed  route  198.51.100.0/24 via 192.0.2.1 dev eth0 table 10002
removed  route  blackhole 203.0.113.0/24 table 10002
removed  route  default via 192.0.2.1 dev eth0 table main metric 7
removed  route  default via 2001:db8::1 dev eth0 table 10002 metric 1024
status 0
`,
    );
    expect(await listed()).toBe(before);
    expect(await flush()).toBe('nothing to remove\nstatus 0\n');
  });

  test('who may not, is told what it takes', async () => {
    expect(await flush('somebody')).toBe('nothing to remove\nstatus 0\n');
    await leave();
    const before = await listed();
    expect(await flush('somebody')).toBe(
      'network-broker: not removed: 3 rules, 5 routes: CAP_NET_ADMIN is required: run it as root\nstatus 1\n',
    );
    expect(await listed()).toBe(before);
  });

  test('while a broker looks after them it refuses and says how to stop it; afterwards they go', async () => {
    const before = await listed();
    await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\n[Network]\nRoutingPolicyRules = "eth0"\n');
    const broker = await startBroker(lab);
    await lab.until('its rules', async () => (await lab.sh('ip -N rule; ip -N -6 rule')).split('proto 217').length > 4);
    const during = await listed();
    expect(await flush()).toMatch(
      /^network-broker: nothing removed: a running broker, process \d+, manages these rules: it puts back what it wants, and removes the rest itself\.\nTo remove all of them stop it first: systemctl stop network-broker.*\nstatus 1\n$/,
    );
    expect(await listed()).toBe(during);
    await broker.stop();
    expect(await flush()).toMatch(/^(removed {2}(rule {3}|route {2})\S.*\n){6,}status 0\n$/);
    expect(await listed()).toBe(before);
  });

  test('a broker that had rules and has none any more puts nothing back, and there is nothing to remove', async () => {
    const before = await listed();
    await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\n[Network]\nRoutingPolicyRules = "eth0"\n');
    const broker = await startBroker(lab);
    await lab.until('its rules', async () => (await lab.sh('ip -N rule; ip -N -6 rule')).split('proto 217').length > 4);
    await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\n');
    await lab.sh(`kill -HUP ${broker.pid}`);
    await lab.until('its rules to go', async () => (await listed()) === before);
    expect(await flush()).toBe('nothing to remove\nstatus 0\n');
    await broker.stop();
  });
});
