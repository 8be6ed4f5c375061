import { expect, test } from '@jest/globals';
import { inNamespace, possible } from './lab.js';

const it = possible ? test : test.skip;
type Shown = Record<string, unknown>;

/** Only the fields that have a value. */
const given = (fields: Shown): Shown =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== false));
/** By one of their fields, as the kernel lists them in any order. */
const sorted = (list: readonly Shown[]): readonly Shown[] => {
  const key = ({ dst, mac, ifname }: Shown): string => JSON.stringify([dst, mac, ifname]);
  return [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));
};
const flagged = (flags: number, names: Readonly<Record<string, number>>): Shown =>
  Object.fromEntries(Object.entries(names).map(([name, bit]) => [name, (flags & bit) === 0 ? undefined : null]));

it('neighbours, proxies, the FDB, next hops, netconf and namespace ids are set, listed and told, and are what ip shows', async () => {
  const seen = await inNamespace(async ({ netlink, sh, ip, until }) => {
    sh(`mount -t tmpfs none /run; ip link set lo up; ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up
      ip netns add blue; ip netns set blue 5; ip link add br0 type bridge; ip link add p0 type veth peer name p1; ip link set p0 master br0
      ip link add vx type vxlan id 5 dev v0 dstport 4789
      ip addr add 192.0.2.1/24 dev v0; ip addr add 2001:db8::1/64 dev v0 nodad`);
    const index = Object.fromEntries((await netlink.listLinks()).map(({ name, ifindex }) => [name, ifindex]));
    const [v0, p0, vx] = [index.v0!, index.p0!, index.vx!];
    const stop = new AbortController();
    const told: string[] = [];
    const watching = (async () => {
      for await (const message of netlink.watch({ groups: ['neighbour', 'nexthop'], signal: stop.signal }))
        if ('object' in message && (message.object.kind === 'neighbour' || message.object.kind === 'nexthop'))
          told.push(
            `${message.kind} ${message.object.kind === 'nexthop' ? message.object.id : message.object.address}`,
          );
    })();
    const said = async (work: Promise<void>): Promise<string> =>
      work.then(
        () => 'done',
        (error: unknown) => (error instanceof netlink.NetlinkError ? error.code : String(error)),
      );
    const one = { kind: 'neighbour', ifindex: v0, address: '192.0.2.9', hardwareAddress: '02:00:00:00:00:09' } as const;
    const hop = { kind: 'nexthop', id: 5, gateway: '192.0.2.254', oif: v0 } as const;
    const answers = [
      await said(netlink.add({ ...one, flags: netlink.NTF_ROUTER, protocol: 4 })),
      await said(netlink.add(one)),
      await said(
        netlink.replace({ ...one, hardwareAddress: '02:00:00:00:00:19', flags: netlink.NTF_ROUTER, protocol: 4 }),
      ),
      await said(
        netlink.add({ ...one, address: '192.0.2.10', state: netlink.NUD_STALE, flags: netlink.NTF_EXT_LEARNED }),
      ),
      await said(netlink.add({ ...one, address: '2001:db8::9' })),
      await said(netlink.add({ kind: 'neighbour', ifindex: v0, address: '192.0.2.50', flags: netlink.NTF_PROXY })),
      await said(netlink.add({ ...one, address: '192.0.2.11' })),
      await said(netlink.remove({ ...one, address: '192.0.2.11' })),
      await said(netlink.remove({ ...one, address: '192.0.2.11' })),
      await said(
        netlink.add({
          kind: 'neighbour',
          family: 7,
          ifindex: p0,
          hardwareAddress: '02:00:00:00:00:11',
          state: netlink.NUD_NOARP,
          flags: netlink.NTF_MASTER,
        }),
      ),
      await said(
        netlink.add({
          kind: 'neighbour',
          family: 7,
          ifindex: vx,
          hardwareAddress: '02:00:00:00:00:12',
          address: '192.0.2.77',
          port: 4790,
          vni: 9,
          flags: netlink.NTF_SELF,
        }),
      ),
      await said(netlink.add(hop)),
      await said(netlink.add(hop)),
      await said(netlink.replace({ ...hop, gateway: '192.0.2.253' })),
      await said(netlink.add({ ...hop, id: 6, gateway: '2001:db8::fe', flags: netlink.RTNH_F_ONLINK })),
      await said(netlink.add({ kind: 'nexthop', id: 7, blackhole: true })),
      await said(netlink.add({ kind: 'nexthop', id: 8, gateway: '192.0.2.99', fdb: true })),
      await said(netlink.add({ ...hop, id: 9, protocol: 4 })),
      await said(
        netlink.add({
          kind: 'nexthop',
          id: 10,
          group: [
            { id: 5, weight: 1 },
            { id: 9, weight: 300 },
          ],
        }),
      ),
      await said(
        netlink.add({
          kind: 'nexthop',
          id: 11,
          group: [{ id: 5, weight: 8 }],
          groupType: 1,
          resilient: { buckets: 32, idleTimer: 500 },
        }),
      ),
      await said(netlink.add({ ...hop, id: 12 })),
      await said(netlink.remove({ ...hop, id: 12 })),
      await said(netlink.remove({ ...hop, id: 12 })),
    ];
    await until('the news', () => told.includes('delete 12') && told.includes('delete 192.0.2.11'));
    stop.abort();
    await watching;
    return {
      answers,
      told,
      index,
      neighbours: [await netlink.listNeighbours(), ip('-N -d neigh')],
      ofV1: await netlink.listNeighbours({ ifindex: index.v1! }),
      proxies: [await netlink.listNeighbours({ proxies: true }), ip('-N -d neigh show proxy')],
      fdb: [await netlink.listFdb(), JSON.parse(sh('bridge -d -json fdb'))] as const,
      ofBridge: await netlink.listFdb({ master: index.br0! }),
      nexthops: [await netlink.listNexthops(), ip('-N -d nexthop')],
      groups: await netlink.listNexthops({ groups: true }),
      ofV0: await netlink.listNexthops({ oif: v0 }),
      netconf: [await netlink.listNetconf(), ip('-4 netconf')],
      netconf6: [await netlink.listNetconf({ family: netlink.AF_INET6 }), ip('-6 netconf')],
      nsids: [await netlink.listNsids(), ip('netns list-id')],
    } as const;
  });
  const done = 'done';
  expect(seen.answers).toEqual([
    ...[done, 'EEXIST', done, done, done, done, done, done, 'ENOENT', done, done],
    ...[done, 'EEXIST', done, done, done, done, done, done, done, done, done, 'ENOENT'],
  ]);
  expect(seen.told).toEqual(
    expect.arrayContaining(['new 192.0.2.9', 'new 2001:db8::9', 'delete 192.0.2.11', 'new 5', 'new 10', 'delete 12']),
  );
  const names = new Map(Object.entries(seen.index).map(([name, index]) => [index, name]));
  const STATES = ['NONE', 'INCOMPLETE', 'REACHABLE', 'STALE', 'DELAY', 'PROBE', 'FAILED', 'NOARP', 'PERMANENT'];
  type Neighbour = (typeof seen.neighbours)[0][number];
  const shownNeighbour = (n: Neighbour): Shown =>
    given({
      dst: n.address,
      dev: names.get(n.ifindex),
      lladdr: n.hardwareAddress,
      ...flagged(n.flags, { proxy: 8, router: 0x80, extern_learn: 0x10 }),
      state: (n.flags & 8) === 0 ? [STATES[Math.log2(n.state) + 1]] : undefined,
      protocol: n.protocol === undefined ? undefined : String(n.protocol),
    });
  // ip leaves out what needs no neighbour discovery: multicast, loopback.
  const wanted = seen.neighbours[0].filter(({ state }) => state !== 0x40);
  expect(sorted(wanted.map(shownNeighbour))).toEqual(sorted(seen.neighbours[1]));
  expect(wanted.length).toBe(3);
  expect(seen.ofV1.filter(({ ifindex }) => ifindex !== seen.index.v1)).toEqual([]);
  expect(sorted(seen.proxies[0].map(shownNeighbour))).toEqual(sorted(seen.proxies[1]));
  expect(seen.proxies[0].length).toBe(1);
  const fdb = seen.fdb[0].map(n =>
    given({
      mac: n.hardwareAddress,
      ifname: names.get(n.ifindex),
      vlan: n.vlan,
      dst: n.address,
      port: n.port,
      vni: n.vni,
      flags: (n.flags & 2) === 0 ? [] : ['self'],
      master: names.get(n.master ?? -1),
      state: n.state === 0x80 ? 'permanent' : n.state === 0x40 ? 'static' : undefined,
    }),
  );
  expect(sorted(fdb)).toEqual(sorted(seen.fdb[1] as Shown[]));
  expect(seen.ofBridge.map(({ hardwareAddress }) => hardwareAddress)).toContain('02:00:00:00:00:11');
  const nexthops = seen.nexthops[0].map(n =>
    given({
      id: n.id,
      group: n.group?.map(({ id, weight }) => (weight === 1 ? { id } : { id, weight })),
      type: n.groupType === 1 ? 'resilient' : undefined,
      resilient_args:
        n.resilient === undefined
          ? undefined
          : {
              buckets: n.resilient.buckets,
              idle_timer: n.resilient.idleTimer! / 100,
              unbalanced_timer: n.resilient.unbalancedTimer! / 100,
              unbalanced_time: n.resilient.unbalancedTime! / 100,
            },
      gateway: n.gateway,
      dev: names.get(n.oif ?? -1),
      scope: String(n.scope),
      blackhole: n.blackhole === true ? null : undefined,
      protocol: String(n.protocol),
      flags: (n.flags & 4) === 0 ? [] : ['onlink'],
      fdb: n.fdb === true ? null : undefined,
    }),
  );
  // ip before 6.13 shows the lower half of a weight: 300 as 44
  const plain = seen.nexthops[1].map(object =>
    given(JSON.parse(JSON.stringify(object).replace('"weight":44', '"weight":300')) as Shown),
  );
  expect(nexthops).toEqual(plain);
  expect(seen.nexthops[0].find(({ id }) => id === 10)?.group).toContainEqual({ id: 9, weight: 300 });
  expect(seen.groups.map(({ id }) => id)).toEqual([10, 11]);
  expect(seen.ofV0.map(({ id }) => id)).toEqual([5, 6, 9]);
  const FILTERS = ['off', 'strict', 'loose'];
  for (const [ours, theirs, family] of [
    [...seen.netconf, 'inet'],
    [...seen.netconf6, 'inet6'],
  ] as const) {
    const interfaces = new Map([...names, [-1, 'all'], [-2, 'default']]);
    const settings = ours.map(n => ({
      family,
      interface: interfaces.get(n.ifindex!),
      forwarding: n.forwarding === 1,
      ...(n.rpFilter === undefined ? {} : { rp_filter: FILTERS[n.rpFilter] }),
      mc_forwarding: n.multicastForwarding === 1,
      proxy_neigh: n.proxyNeighbour === 1,
      ignore_routes_with_linkdown: n.ignoreRoutesWithLinkdown === 1,
    }));
    expect(settings).toEqual(theirs);
    expect(settings.length).toBeGreaterThan(5);
  }
  expect(seen.nsids[0].map(({ id }) => id)).toEqual(seen.nsids[1].map(({ nsid }) => nsid));
});
