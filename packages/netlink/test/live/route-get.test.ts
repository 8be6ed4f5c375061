import { expect, test } from '@jest/globals';
import type { EncapInfo } from '../../src/index.js';
import { inNamespace, possible } from './lab.js';

const it = possible ? test : test.skip;

it('the route of a packet depends on all that ip route get may be told, and is what ip shows', async () => {
  const { pairs, names } = await inNamespace(async ({ netlink, sh, ip }) => {
    sh(`ip link set lo up; ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up; ip link add w0 type veth peer name w1
      ip link set w0 up; ip link set w1 up; ip addr add 192.0.2.1/24 dev v0; ip addr add 198.51.100.1/24 dev w0
      ip addr add 2001:db8::1/64 dev v0 nodad; ip addr add 2001:db8:1::1/64 dev w0 nodad; sysctl -qw net.ipv4.conf.all.forwarding=1
      sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.v0.rp_filter=0
      ip route add default via 192.0.2.254; ip route add 203.0.113.0/24 via 192.0.2.253
      for n in 1 2 3 4 5 6; do ip route add default via 198.51.100.$n table 10$n; ip -6 route add default via 2001:db8:1::$n table 10$n; done
      for f in -4 -6; do ip $f rule add fwmark 7 lookup 101; ip $f rule add uidrange 5-5 lookup 102; ip $f rule add ipproto tcp dport 443 lookup 103
      ip $f rule add ipproto udp sport 53 lookup 104; ip $f rule add iif v0 lookup 105; done; ip rule add tos 0x10 lookup 106`);
    const names = Object.fromEntries((await netlink.listLinks()).map(({ name, ifindex }) => [ifindex, name]));
    const index = Object.fromEntries(Object.entries(names).map(([ifindex, name]) => [name, Number(ifindex)]));
    const questions: [string, Parameters<typeof netlink.getRoute>[1]][] = [
      ['', {}],
      ['mark 7', { mark: 7 }],
      ['uid 5', { uid: 5 }],
      ['ipproto tcp dport 443', { ipProtocol: 6, destinationPort: 443 }],
      ['ipproto udp sport 53', { ipProtocol: 17, sourcePort: 53 }],
      ['oif w0', { oif: index.w0! }],
      ['fibmatch', { fibMatch: true }],
    ];
    const pairs = [];
    for (const to of ['203.0.113.7', '2001:db8:1::77'])
      for (const [words, query] of questions)
        pairs.push([words, await netlink.getRoute(to, query), ip(`-N -d route get ${to} ${words}`)[0]!] as const);
    for (const [words, query] of [
      ['from 203.0.113.9 iif v0', { from: '203.0.113.9', iif: index.v0! }],
      ['tos 0x10', { tos: 0x10 }],
      ['from 192.0.2.1', { from: '192.0.2.1' }],
    ] as const)
      pairs.push([
        words,
        await netlink.getRoute('203.0.113.7', query),
        ip(`-N -d route get 203.0.113.7 ${words}`)[0]!,
      ] as const);
    return { pairs, names };
  });
  for (const [words, route, shown] of pairs) {
    const matched = words === 'fibmatch';
    expect({ words, dst: route.destination.replace(matched ? '' : /\/(32|128)$/, '') }).toEqual({
      words,
      dst: shown.dst,
    });
    expect({ words, gateway: route.gateway, dev: names[route.oif!] }).toEqual({
      words,
      gateway: shown.gateway,
      dev: shown.dev,
    });
    expect({ words, table: route.table === 0 ? undefined : String(route.table) }).toEqual({
      words,
      table: shown.table,
    });
    if (!matched) expect({ words, prefsrc: route.prefsrc }).toEqual({ words, prefsrc: shown.prefsrc });
    if (words === 'uid 5') expect(route.uid).toBe(shown.uid);
  }
  expect(new Set(pairs.map(([, route]) => route.table))).toEqual(new Set([0, 254, 101, 102, 103, 104, 105, 106]));
});

it('the encapsulations of routes are set, read, and what ip shows', async () => {
  const { told, shown } = await inNamespace(async ({ netlink, sh, ip }) => {
    sh(
      'ip link set lo up; ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up; ip addr add 192.0.2.1/24 dev v0',
    );
    const { ifindex: oif } = await netlink.getLink('v0');
    const set = async (destination: string, encap: EncapInfo): Promise<void> =>
      netlink.add({ kind: 'route', destination, oif, table: 100, encap: netlink.toEncap(encap) });
    await set('10.1.0.0/16', {
      kind: 'ip',
      id: 7,
      destination: '192.0.2.66',
      source: '192.0.2.1',
      ttl: 5,
      tos: 8,
      flags: 5,
    });
    await set('2001:db8:1::/48', {
      kind: 'ip6',
      id: 9,
      destination: '2001:db8::66',
      source: '2001:db8::1',
      hopLimit: 5,
      trafficClass: 7,
    });
    await set('2001:db8:2::/48', { kind: 'seg6', tunnel: { mode: 1, segments: ['2001:db8::71', '2001:db8::72'] } });
    await set('2001:db8:3::/48', { kind: 'seg6', tunnel: { mode: 0, segments: ['2001:db8::73', '::'] } });
    await set('2001:db8:4::/48', { kind: 'seg6local', action: 7, table: 200 });
    await set('2001:db8:5::/48', { kind: 'seg6local', action: 2, nexthop6: '2001:db8::77' });
    const routes = await netlink.listRoutes({ table: 100 });
    return {
      told: routes.map(({ encap }) => (encap === undefined ? undefined : netlink.encapOf(encap))),
      shown: [...ip('-N -d route show table 100'), ...ip('-6 -N -d route show table 100')],
    };
  });
  const ours = told.map(info => {
    switch (info?.kind) {
      case 'ip':
        return {
          encap: 'ip',
          id: info.id,
          src: info.source,
          dst: info.destination,
          ttl: info.ttl,
          tos: info.tos,
          key: (info.flags! & 4) !== 0,
          csum: (info.flags! & 1) !== 0,
        };
      case 'ip6':
        return {
          encap: 'ip6',
          id: info.id,
          src: info.source,
          dst: info.destination,
          hoplimit: info.hopLimit,
          tc: info.trafficClass,
        };
      case 'seg6':
        return { encap: 'seg6', mode: ['inline', 'encap'][info.tunnel!.mode], segs: info.tunnel!.segments };
      case 'seg6local':
        return {
          encap: 'seg6local',
          action: info.action === 7 ? 'End.DT6' : 'End.X',
          ...(info.table === undefined ? { nh6: info.nexthop6 } : { table: String(info.table) }),
        };
      case 'mpls':
      case undefined:
        throw new Error(`expected an encapsulation, found ${JSON.stringify(info)}`);
    }
  });
  // ip 6.15 shows it as an object of its own
  const flat = shown.map(({ encap, ...route }) =>
    typeof encap === 'object' && encap !== null && 'encap_type' in encap
      ? { ...encap, encap: encap.encap_type }
      : { ...route, encap },
  );
  expect(flat).toMatchObject(ours);
  expect(ours.length).toBe(6);
});

it('rules by DSCP, flow label and masks of ports are set and read, as are l3mdev, suppressors and users', async () => {
  const seen = await inNamespace(async ({ netlink, sh }) => {
    const rules = [
      { dscp: 10, dscpMask: 0x3f, priority: 1001 },
      { dscp: 8, dscpMask: 0x38, priority: 1002 },
      { sourcePorts: { start: 0x100, end: 0x100 }, sourcePortMask: 0xff00, priority: 1003 },
      { destinationPorts: { start: 443, end: 443 }, destinationPortMask: 0xffff, priority: 1004 },
      { family: 10, flowLabel: 0x12, flowLabelMask: 0xff, priority: 1005 },
      { uidRange: { start: 5, end: 70000 }, priority: 1006 },
      { suppressPrefixLength: 0, suppressInterfaceGroup: 7, priority: 1007 },
    ];
    for (const rule of rules) await netlink.add({ kind: 'rule', table: 100, ...rule });
    const l3mdev = await netlink.add({ kind: 'rule', l3mdev: true, priority: 1008 }).then(
      () => 'done',
      (error: unknown) => String(error),
    );
    const listed = await netlink.listRules();
    // What was listed can be taken away and put back.
    for (const rule of listed.filter(({ priority }) => priority > 1000 && priority < 1008)) {
      await netlink.remove(rule);
      await netlink.add(rule);
    }
    return { rules, l3mdev, listed, again: await netlink.listRules(), shown: sh('ip rule; ip -6 rule') };
  });
  for (const rule of seen.rules)
    expect(seen.listed.find(({ priority }) => priority === rule.priority)).toMatchObject(rule);
  expect(seen.again).toEqual(seen.listed);
  expect(seen.listed.filter(({ unknown }) => unknown !== undefined)).toEqual([]);
  expect(seen.shown).toContain('uidrange 5-70000');
  // A kernel with VRFs takes it; another says so.
  expect(seen.l3mdev).toMatch(/^done$|EOPNOTSUPP|ENOTSUP|EINVAL|EAFNOSUPPORT/);
});
