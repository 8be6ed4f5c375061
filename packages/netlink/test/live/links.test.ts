import { expect, test } from '@jest/globals';
import type { LinkInfo, PortInfo } from '../../src/index.js';
import { inNamespace, possible } from './lab.js';

const it = possible ? test : test.skip;

/** ip's names for what has another one here, in snake case; null: not in the message, but made of others. */
const NAMES: Readonly<Record<string, string | null>> = {
  group_fwd_mask: 'groupForwardMask',
  group_fwd_mask_str: null,
  group_addr: 'groupAddress',
  no_linklocal_learn: null, // bits of `options`
  mcast_vlan_snooping: null,
  mst_enabled: null,
  mdb_offload_fail_notification: null,
  fdb_local_vlan_0: null,
  fdb_n_learned: 'fdbLearned',
  mcast_querier_state_ipv4: null, // fields of `multicastQuerierState`
  mcast_querier_state_ipv6: null,
  nf_call_ip6tables: 'nfCallIp6tables',
  mcast_query_use_ifaddr: 'multicastQueryUseIfaddr',
  mcast_querier_state: 'multicastQuerierState',
  no: 'number',
  fastleave: 'fastLeave',
  bcast_flood: 'broadcastFlood',
  neigh_suppress: 'neighbourSuppress',
  neigh_vlan_suppress: 'neighbourVlanSuppress',
  mcast_n_groups: 'multicastGroups',
  mcast_hash_elasticity: 'multicastHashElasticity',
  port_range: 'sourcePorts',
  udp_csum: 'udpChecksum',
  remcsum_tx: 'remoteChecksumTx',
  remcsum_rx: 'remoteChecksumRx',
  remcsum_nopartial: 'remoteChecksumNoPartial',
  vnifilter: 'vniFilter',
  label_policy: 'labelPolicy',
  label: 'label',
  remote: 'group',
  remote6: 'group6',
  flags: 'flags',
  type: 'type',
  multi_queue: 'multiQueue',
  udp_zero_csum6_tx: 'udpZeroChecksum6Tx',
  udp_zero_csum6_rx: 'udpZeroChecksum6Rx',
  localbypass: 'localBypass',
  mcroute: 'multicastRoute',
  reserved_bits: null, // bytes, which are no JSON
  macaddr_data: 'addresses',
  macaddr_count: 'addressCount',
  bcqueuelen: 'broadcastQueueLength',
  usedbcqueuelen: 'broadcastQueueLengthUsed',
  bccutoff: 'broadcastCutoff',
  vnet_hdr: 'vnetHeader',
  user: null, // and the group of tn0: by their names
  nopromisc: null, // a bit of `flags`
  numqueues: 'queues',
  numdisabled: 'disabledQueues',
};
const WORDS = new Map<string, unknown>([
  ...['disabled', 'listening', 'learning', 'forwarding', 'blocking'].map((word, n): [string, number] => [word, n]),
  ...Object.entries({ private: 1, vepa: 2, bridge: 4, passthru: 8, source: 16, tun: 1, tap: 2, unset: 0, set: 1 }),
]);
const camel = (name: string): string => {
  const [first = '', ...rest] = name
    .replace(/^(mcast)_/, 'multicast_')
    .replace(/_intvl$/, '_interval')
    .replace(/_cnt$/, '_count')
    .split('_');
  return first + rest.map(part => part.charAt(0).toUpperCase() + part.slice(1)).join('');
};
/** A value as ip shows it and one of the package, as the same. */
const plain = (name: string, value: unknown): unknown => {
  if (name === 'bridge_id' || name === 'root_id') {
    const [priority = '', ...octets] = String(value).split(/[.:]/);
    return { priority: parseInt(priority, 16), address: octets.map(octet => octet.padStart(2, '0')).join(':') };
  }
  if (name.endsWith('_timer')) return Math.round(Number(value) * 100);
  if (name === 'id' && typeof value === 'string') return Number(value);
  if (['no', 'group_fwd_mask', 'tos', 'label', 'flags'].includes(name)) return Number(value);
  if (name === 'vlan_protocol') return value === '802.1Q' ? 0x8100 : 0x88a8;
  return typeof value === 'string' && WORDS.has(value) ? WORDS.get(value) : value;
};
/** Numbers and truth as one: ip shows some as 0 and 1, some as false and true, and newer ones as null. */
const bare = (value: unknown): unknown => (value === null ? 1 : typeof value === 'boolean' ? Number(value) : value);

const sorted = (list: readonly unknown[]): unknown[] => [...list].sort();

it('links of every kind that this kernel makes are made as asked, and are what ip shows', async () => {
  const { told, shown, asked } = await inNamespace(async ({ netlink, sh, ip }) => {
    sh('mount -t tmpfs none /run; ip netns add blue');
    const index = async (name: string): Promise<number> => (await netlink.getLink(name)).ifindex;
    const made: Record<string, LinkInfo> = {
      br0: {
        ...{ kind: 'bridge', forwardDelay: 400, helloTime: 100, maxAge: 600, ageingTime: 70000, stpState: 1 },
        ...{ priority: 4096, groupForwardMask: 8, groupAddress: '01:80:c2:00:00:05', multicastRouter: 2 },
        ...{ multicastSnooping: true, multicastQuerier: true, multicastQueryUseIfaddr: true, multicastHashMax: 1024 },
        ...{ multicastLastMemberCount: 3, multicastStartupQueryCount: 4, multicastLastMemberInterval: 200 },
        ...{ multicastMembershipInterval: 30000, multicastQuerierInterval: 27000, multicastQueryInterval: 13000 },
        ...{ multicastQueryResponseInterval: 900, multicastStartupQueryInterval: 3000, multicastStatsEnabled: true },
        ...{ multicastIgmpVersion: 3, multicastMldVersion: 2, options: { value: 1, mask: 1 } },
      },
      vx4: {
        ...{
          kind: 'vxlan',
          link: 50,
          id: 5,
          group: '239.1.1.1',
          local: '192.0.2.1',
          ttl: 5,
          tos: 6,
          learning: false,
          ageing: 77,
        },
        ...{ limit: 88, sourcePorts: { low: 1000, high: 2000 }, proxy: true, rsc: true, l2miss: true, l3miss: true },
        ...{ port: 4790, udpChecksum: true, remoteChecksumTx: true, remoteChecksumRx: true, gbp: true, df: 1 },
        remoteChecksumNoPartial: true,
      },
      vx6: {
        ...{ kind: 'vxlan', id: 6, group6: '2001:db8::1', local6: '2001:db8::2', port: 4791, label: 0x12345 },
        ...{ udpZeroChecksum6Tx: true, udpZeroChecksum6Rx: true, ttlInherit: true },
      },
      vx: { kind: 'vxlan', collectMetadata: true, vniFilter: true, port: 4792 },
      ifb9: { kind: 'ifb' },
      mv0: { kind: 'macvlan', mode: 16, broadcastQueueLength: 77 },
      mt0: { kind: 'macvtap', mode: 1, flags: 1 },
    };
    await netlink.addLink({
      ...{
        name: 've0',
        hardwareAddress: '02:00:5e:00:00:01',
        mtu: 1400,
        txQueueLength: 50,
        group: 7,
        alias: 'uplink ä',
      },
      ...{
        txQueues: 2,
        rxQueues: 3,
        up: true,
        arp: false,
        promiscuous: true,
        allMulticast: true,
      },
      ...{ ifindex: 42, gsoMaxSize: 32768, gsoMaxSegments: 100, groMaxSize: 40000 },
      info: { kind: 'veth', peer: { name: 've1', netns: 'blue', hardwareAddress: '02:00:5e:00:00:02', mtu: 1300 } },
    });
    await netlink.addLink({ name: 'pt0', ifindex: 49, info: { kind: 'veth', peer: { name: 'pt1', ifindex: 50 } } });
    const parent = await index('pt1');
    await netlink.setLink(parent, { up: true });
    for (const [name, info] of Object.entries(made))
      await netlink.addLink({ name, info, ...(name.startsWith('m') ? { parent } : {}) });
    sh('ip tuntap add dev tn0 mode tun user 5 group 6; ip tuntap add dev tp0 mode tap multi_queue vnet_hdr');
    await netlink.setLink(await index('mv0'), {
      info: { kind: 'macvlan', addressMode: 3, addresses: ['02:00:00:00:00:01', '02:00:00:00:00:02'] },
    });
    const port: PortInfo = {
      ...{ kind: 'bridge', priority: 20, cost: 77, hairpin: true, guard: true, rootBlock: true, fastLeave: true },
      ...{ learning: false, flood: false, proxyArp: true, proxyArpWifi: true, multicastRouter: 2, isolated: true },
      ...{ multicastFlood: false, multicastToUnicast: true, broadcastFlood: false, vlanTunnel: true, locked: true },
      ...{ groupForwardMask: 8, neighbourSuppress: true, multicastMaxGroups: 5 },
    };
    await netlink.setLink(await index('pt0'), { master: await index('br0') });
    await netlink.setLink(await index('pt0'), { port, up: true });
    const links = await netlink.listLinks();
    return {
      asked: { ...made, port },
      told: links.map(link => ({
        ...{ name: link.name, info: netlink.infoOf(link), port: netlink.portOf(link), mtu: link.mtu },
        ...{ txQueueLength: link.txQueueLength, hardwareAddress: link.hardwareAddress, up: (link.flags & 1) !== 0 },
      })),
      shown: ip('-d -N link show') as { ifname: string; linkinfo?: Record<string, Record<string, unknown>> }[],
    };
  });
  const of = (name: string): (typeof told)[number] => told.find(link => link.name === name)!;
  const ours = (settings: object | undefined): Record<string, unknown> =>
    Object.fromEntries(Object.entries(settings ?? {}).map(([name, value]) => [name, bare(value)]));
  // What was asked for is there.
  for (const [name, info] of Object.entries(asked)) {
    if (name === 'port') continue;
    expect({ [name]: of(name).info }).toMatchObject({
      [name]: name === 'br0' ? { ...info, options: { value: 1 } } : info,
    });
  }
  expect(of('pt0').port).toMatchObject(asked.port);
  expect(of('tn0').info).toMatchObject({ owner: 5, group: 6 });
  expect(of('mv0').info).toMatchObject({ addressCount: 2 });
  expect([of('lo').info, of('lo').port]).toEqual([undefined, undefined]);
  expect(of('ve0')).toMatchObject({ mtu: 1400, txQueueLength: 50, hardwareAddress: '02:00:5e:00:00:01', up: true });
  expect(Object.keys(of('pt0').port!)).not.toContain('unknown');
  for (const { info } of told) expect(info?.unknown).toBeUndefined();
  // And ip shows the same, each field of it.
  let compared = 0;
  for (const { ifname, linkinfo } of shown) {
    const sides = [
      [linkinfo?.info_data, of(ifname).info],
      [linkinfo?.info_slave_data, of(ifname).port],
    ] as const;
    for (const [theirs, settings] of sides)
      for (const [name, value] of Object.entries(theirs ?? {})) {
        const known = NAMES[name];
        if (
          known === null ||
          (ifname === 'tn0' && name === 'group') ||
          name === 'link' ||
          name === 'external' ||
          name === 'ttl'
        )
          continue;
        const field = known ?? camel(name);
        const seen = ours(settings)[field];
        const shown = Array.isArray(value) ? sorted(value) : bare(plain(name, value));
        const runs = name.endsWith('_timer') && Math.abs(Number(seen) - Number(shown)) < 500; // on, between the two
        const same = runs ? shown : Array.isArray(seen) ? sorted(seen) : seen;
        expect({ ifname, [name]: same }).toEqual({ ifname, [name]: shown });
        compared++;
      }
  }
  expect(compared).toBeGreaterThan(120);
});

it('links are changed, moved to another namespace and removed', async () => {
  const seen = await inNamespace(async ({ netlink, sh, ip }) => {
    sh('mount -t tmpfs none /run; ip netns add blue; ip netns add red');
    const said = async (work: Promise<void>): Promise<string> =>
      work.then(
        () => 'done',
        (error: unknown) => (error instanceof netlink.NetlinkError ? error.message : String(error)),
      );
    await netlink.addLink({ name: 've0', info: { kind: 'veth', peer: { name: 've1' } } });
    const { ifindex } = await netlink.getLink('ve0');
    const before = ip('-d link show ve0')[0]!;
    await netlink.setLink(ifindex, {
      ...{ name: 'ren0', alias: 'words', mtu: 1280, hardwareAddress: '02:00:5e:00:00:09', txQueueLength: 9, group: 3 },
      ...{ up: true, promiscuous: true, allMulticast: true, arp: false, multicast: false, addressGeneration: 3 },
      ...{ broadcast: 'ff:ff:ff:ff:ff:fe', gsoMaxSize: 20000, gsoMaxSegments: 10, groMaxSize: 30000 },
    });
    const after = ip('-d link show ren0')[0]!;
    const link = await netlink.getLink(ifindex);
    await netlink.addLink({ name: 'mv0', parent: ifindex, info: { kind: 'macvlan', mode: 4 } });
    await netlink.setLink((await netlink.getLink('mv0')).ifindex, {
      protoDown: true,
      protoDownReason: { value: 5, mask: 7 },
    });
    const down = ip('-d link show mv0')[0]!;
    await netlink.setLink(ifindex, { promiscuous: false, arp: true, netns: 'blue' });
    const peer = (await netlink.getLink('ve1')).ifindex;
    await netlink.setLink(peer, { netns: '/run/netns/red' });
    return {
      before,
      after,
      down,
      link,
      moved: [sh('ip netns exec blue ip -o link'), sh('ip netns exec red ip -o link')],
      answers: [
        await said(netlink.removeLink('ve1')),
        await said(netlink.addLink({ name: 'br0', info: { kind: 'bridge' } })),
        await said(netlink.addLink({ name: 'br0', info: { kind: 'bridge' } })),
        await said(netlink.removeLink('br0')),
        await said(netlink.setLink(1, { netns: 'none-of-that-name' })),
        await said(netlink.addLink({ name: 'vl0', parent: 1, info: { kind: 'vlan', id: 5000 } })),
        await said(netlink.addLink({ name: 'x', mtu: 1 })),
      ],
      left: ip('link').map(({ ifname }) => ifname),
    };
  });
  expect(seen.after).toMatchObject({
    ...{ ifname: 'ren0', ifalias: 'words', mtu: 1280, address: '02:00:5e:00:00:09', txqlen: 9, group: '3' },
    ...{ broadcast: 'ff:ff:ff:ff:ff:fe', gso_max_size: 20000, gso_max_segs: 10, gro_max_size: 30000 },
    ...{ promiscuity: 1, allmulti: 1, inet6_addr_gen_mode: 'random' },
  });
  expect(seen.after.flags).toEqual(expect.arrayContaining(['UP', 'NOARP', 'PROMISC', 'ALLMULTI']));
  expect(seen.after.flags).not.toContain('MULTICAST');
  expect(seen.before.flags).toContain('MULTICAST');
  expect(seen.link).toMatchObject({ name: 'ren0', promiscuity: 1, allmulti: 1, txQueueLength: 9 });
  expect(seen.down).toMatchObject({ proto_down: true });
  expect(seen.moved[0]).toContain('ren0');
  expect(seen.moved[1]).toContain('ve1');
  expect(seen.answers).toEqual([
    expect.stringMatching(/^remove link ve1: ENODEV/),
    'done',
    expect.stringMatching(/^add bridge br0: EEXIST/),
    'done',
    expect.stringMatching(/^open the network namespace none-of-that-name: ENOENT/),
    expect.stringMatching(/^add vlan vl0: E/),
    expect.stringMatching(/^add link x: E/),
  ]);
  expect(seen.left).toEqual(['lo', 'mv0']);
});
