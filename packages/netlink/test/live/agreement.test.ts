import { describe, expect, test } from '@jest/globals';
import { inNamespace, possible } from './lab.js';

const it = possible ? test : test.skip;

/** Only the fields that have a value. */
const given = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== false));

describe('what ip -json shows', () => {
  it('of links is what listLinks gives', async () => {
    const { links, shown } = await inNamespace(async ({ netlink, sh, ip }) => {
      sh(`mount -t tmpfs none /run; ip netns add other; ip link set lo up
        ip link add veth0 numtxqueues 2 numrxqueues 3 type veth peer name veth1 netns other
        ip link set veth0 address 02:00:5e:10:00:01 mtu 1400 group 7 alias 'uplink ä' txqueuelen 50 promisc on
        ip link property add dev veth0 altname uplink0 altname a-name-longer-than-fifteen-bytes
        ip link add br0 type bridge; ip link add port0 master br0 type veth peer name port1; ip link set port0 up
        ip link set port1 up; ip link set port1 allmulticast on
        ip link add mac0 link port1 type macvlan mode bridge; ip link add ifb0 type ifb
        ip link add vx0 type vxlan id 42 remote 192.0.2.77 dev veth0 dstport 4789; ip tuntap add dev tap0 mode tap
        ip link set veth0 gso_max_size 32768 gso_max_segs 100; ip link set veth0 up; ip link set mac0 up arp off`);
      // IPv6 sends packets by itself at first, which are counted: between two equal lists nothing was.
      for (let attempt = 0; attempt < 100; attempt++) {
        const links = await netlink.listLinks();
        const shown = ip('-d -s link show');
        if (JSON.stringify(await netlink.listLinks()) === JSON.stringify(links)) return { links, shown };
      }
      throw new Error('the links changed in each of 100 attempts to compare them with what ip shows');
    });
    const OPERSTATES = ['UNKNOWN', 'NOTPRESENT', 'DOWN', 'LOWERLAYERDOWN', 'TESTING', 'DORMANT', 'UP'];
    const TYPES = new Map([
      [1, 'ether'],
      [772, 'loopback'],
    ]);
    const FLAGS = new Map([
      [0x1, 'UP'],
      [0x2, 'BROADCAST'],
      [0x8, 'LOOPBACK'],
      [0x80, 'NOARP'],
      [0x100, 'PROMISC'],
      [0x200, 'ALLMULTI'],
      [0x1000, 'MULTICAST'],
      [0x10000, 'LOWER_UP'],
    ]);
    const names = new Map(links.map(({ ifindex, name }) => [ifindex, name]));
    const ours = links.map(link => {
      const flags = [...FLAGS].filter(([bit]) => (link.flags & bit) !== 0).map(([, name]) => name);
      // ip shows NO-CARRIER for a link that is up without IFF_RUNNING.
      if ((link.flags & 0x41) === 0x1) flags.push('NO-CARRIER');
      const { rxPackets, rxBytes, rxErrors, txPackets, txBytes, rxDropped, txDropped, multicast, collisions } =
        link.stats!;
      const foreign = link.parentNetnsId !== undefined;
      return given({
        ifindex: link.ifindex,
        ifname: link.name,
        altnames: link.alternativeNames.length > 0 ? link.alternativeNames : undefined,
        flags: flags.sort(),
        mtu: link.mtu,
        min_mtu: link.minMtu,
        max_mtu: link.maxMtu,
        qdisc: link.qdisc,
        operstate: OPERSTATES[link.operState!],
        linkmode: link.linkMode === 0 ? 'DEFAULT' : 'DORMANT',
        group: link.group === 0 ? 'default' : String(link.group),
        txqlen: link.txQueueLength === 0 ? undefined : link.txQueueLength,
        link_type: TYPES.get(link.hardwareType),
        address: link.hardwareAddress,
        broadcast: link.broadcast,
        ifalias: link.alias,
        master: names.get(link.master ?? -1),
        link: foreign || link.parent === undefined || link.parent === 0 ? undefined : names.get(link.parent),
        link_index: foreign ? link.parent : undefined,
        link_netnsid: link.parentNetnsId,
        promiscuity: link.promiscuity,
        allmulti: link.allmulti,
        num_tx_queues: link.txQueues,
        num_rx_queues: link.rxQueues,
        gso_max_size: link.gsoMaxSize,
        gso_max_segs: link.gsoMaxSegments,
        gro_max_size: link.groMaxSize,
        tso_max_size: link.tsoMaxSize,
        tso_max_segs: link.tsoMaxSegments,
        parentbus: link.parentDeviceBus,
        parentdev: link.parentDevice,
        kind: link.infoKind,
        slaveKind: link.slaveKind,
        stats: { rxPackets, rxBytes, rxErrors, txPackets, txBytes, rxDropped, txDropped, multicast, collisions },
      });
    });
    const theirs = shown.map(({ stats64, linkinfo, flags, ...rest }) => {
      const { rx, tx } = stats64 as { rx: Record<string, number>; tx: Record<string, number> };
      const info = linkinfo as { info_kind?: string; info_slave_kind?: string } | undefined;
      return given({
        ...rest,
        inet6_addr_gen_mode: undefined,
        // ip 6.15 (Debian 13) shows these, 6.1 (Debian 12) does not, nor does the package
        gso_ipv4_max_size: undefined,
        gro_ipv4_max_size: undefined,
        flags: [...(flags as string[])].sort(),
        kind: info?.info_kind,
        slaveKind: info?.info_slave_kind,
        stats: {
          rxPackets: rx.packets,
          rxBytes: rx.bytes,
          rxErrors: rx.errors,
          rxDropped: rx.dropped,
          multicast: rx.multicast,
          txPackets: tx.packets,
          txBytes: tx.bytes,
          txDropped: tx.dropped,
          collisions: tx.collisions,
        },
      });
    });
    expect(ours).toEqual(theirs);
    expect(ours.length).toBe(9);
  });

  it('of addresses is what listAddresses gives', async () => {
    const { links, addresses, shown, ofVeth0 } = await inNamespace(async ({ netlink, sh, ip }) => {
      sh(`ip link set lo up; ip link add veth0 type veth peer name veth1; ip link set veth0 up; ip link set veth1 up
        ip address add 192.0.2.1/24 broadcast + label veth0:1 dev veth0; ip address add 192.0.2.2/24 dev veth0
        ip address add 198.51.100.1 peer 198.51.100.2/32 dev veth0
        ip address add 203.0.113.5/24 dev veth1 valid_lft 3600 preferred_lft 1800 metric 77 noprefixroute
        ip address add 2001:db8::1/64 dev veth0; ip address add 2001:db8:1::1/64 dev veth0 nodad preferred_lft 0
        ip address add 2001:db8:2::1 peer 2001:db8:2::2/128 dev veth0 nodad`);
      const [addresses, links] = [await netlink.listAddresses(), await netlink.listLinks()];
      const { ifindex } = await netlink.getLink('veth0');
      return { links, addresses, shown: ip('-d address'), ofVeth0: await netlink.listAddresses({ ifindex }) };
    });
    const SCOPES = new Map([
      [0, 'global'],
      [253, 'link'],
      [254, 'host'],
    ]);
    const bit = (flags: number, mask: number): true | undefined => ((flags & mask) !== 0 ? true : undefined);
    const ours = links.map(({ ifindex }) =>
      addresses
        .filter(address => address.ifindex === ifindex)
        .map(a =>
          given({
            family: a.family === 2 ? 'inet' : 'inet6',
            local: a.address,
            address: a.peer,
            prefixlen: a.prefixLength,
            metric: a.routePriority,
            broadcast: a.broadcast,
            scope: SCOPES.get(a.scope),
            dynamic: (a.flags & 0x80) === 0 ? true : undefined,
            secondary: a.family === 2 ? bit(a.flags, 1) : undefined,
            tentative: bit(a.flags, 0x40),
            nodad: bit(a.flags, 2),
            noprefixroute: bit(a.flags, 0x200),
            deprecated: bit(a.flags, 0x20),
            label: a.label,
            valid_life_time: a.validLifetime,
            preferred_life_time: a.preferredLifetime,
          }),
        ),
    );
    // Newer versions of ip show the protocol as well, by a name.
    const theirs = shown.map(({ addr_info }) =>
      (addr_info as Record<string, unknown>[]).map(info => given({ ...info, protocol: undefined })),
    );
    expect(ours).toEqual(theirs);
    const veth0 = links.find(({ name }) => name === 'veth0')?.ifindex;
    expect(ofVeth0).toEqual(addresses.filter(({ ifindex }) => ifindex === veth0));
    expect(ofVeth0.length).toBe(7);
  });

  it('of routes is what listRoutes gives, whole, by table and by link', async () => {
    const { links, routes, shown, table, tableShown, byLink, byLinkShown } = await inNamespace(
      async ({ netlink, sh, ip }) => {
        sh(`ip link set lo up; ip link add veth0 type veth peer name veth1; ip link set veth0 up; ip link set veth1 up
        ip address add 192.0.2.1/24 dev veth0; ip address add 203.0.113.5/24 dev veth1
        ip address add 2001:db8::1/64 dev veth0 nodad
        ip route add 10.0.0.0/8 via 192.0.2.254 metric 100 proto static
        ip route add default via 192.0.2.254 dev veth0 table 100 src 192.0.2.1
        ip route add 10.1.0.0/16 dev veth0 table 70000; ip route add blackhole 10.2.0.0/16 table 100
        ip route add unreachable 10.3.0.0/16 metric 4278198272; ip route add prohibit 10.4.0.0/16 tos 0x10
        ip route add 10.5.0.0/16 nexthop via 192.0.2.253 weight 2 nexthop via 203.0.113.9 dev veth1 weight 5 onlink
        ip route add 10.6.0.0/16 via inet6 2001:db8::99 dev veth0; ip route add 10.7.0.0/16 via 192.0.2.254 mtu lock 1300 advmss 1200 congctl cubic
        ip route add 10.8.0.0/16 via 100.64.0.1 dev veth0 onlink; ip nexthop add id 5 via 192.0.2.254 dev veth0; ip route add 10.12.0.0/16 nhid 5
        ip -6 route add 2001:db8:10::/48 via 2001:db8::254 dev veth0 metric 50 pref high
        ip -6 route add default via fe80::1 dev veth0 expires 300; ip -6 route add blackhole 2001:db8:11::/48 table 100
        ip -6 route add 2001:db8:13::/48 nexthop via 2001:db8::253 dev veth0 nexthop via 2001:db8::252 dev veth0 weight 3
        ip -6 route add 2001:db8:14::/48 from 2001:db8::/64 via 2001:db8::254; ip -6 route add 2001:db8:15::/48 via 2001:db8::254 mtu 1280 hoplimit 3`);
        const { ifindex } = await netlink.getLink('veth0');
        return {
          links: await netlink.listLinks(),
          routes: await netlink.listRoutes(),
          shown: [...ip('-4 -N -d route show table all'), ...ip('-6 -N -d route show table all')],
          table: await netlink.listRoutes({ table: 100 }),
          tableShown: [...ip('-4 -N -d route show table 100'), ...ip('-6 -N -d route show table 100')],
          byLink: await netlink.listRoutes({ oif: ifindex, table: 254 }),
          byLinkShown: [...ip('-4 -N -d route show dev veth0'), ...ip('-6 -N -d route show dev veth0')],
        };
      },
    );
    const names = new Map(links.map(({ ifindex, name }) => [ifindex, name]));
    const flagsOf = (flags: number): string[] => [
      ...((flags & 1) !== 0 ? ['dead'] : []),
      ...((flags & 4) !== 0 ? ['onlink'] : []),
      ...((flags & 16) !== 0 ? ['linkdown'] : []),
    ];
    const viaOf = (via?: { family: number; address: string }): unknown =>
      via && { family: via.family === 10 ? 'inet6' : 'inet', host: via.address };
    const textOf = (prefix?: string): string | undefined =>
      prefix
        ?.replace(/^(0\.0\.0\.0|::)\/0$/, 'default')
        .replace(/^([\d.]+)\/32$/, '$1')
        .replace(/^([^/]*:.*)\/128$/, '$1');
    const ours = (list: typeof routes): unknown[] =>
      list.map(r =>
        given({
          type: String(r.type),
          dst: textOf(r.destination),
          from: textOf(r.source),
          table: String(r.table),
          tos: r.tos === 0 ? undefined : `0x${r.tos.toString(16)}`,
          protocol: String(r.protocol),
          scope: String(r.scope),
          gateway: r.gateway,
          via: viaOf(r.via),
          dev: names.get(r.oif ?? -1),
          prefsrc: r.prefsrc,
          metric: r.priority,
          nhid: r.nexthopId,
          flags: flagsOf(r.flags),
          mtu: r.metrics?.mtu,
          advmss: r.metrics?.advmss,
          hoplimit: r.metrics?.hoplimit,
          congestion: r.metrics?.congctl,
          expires: r.expires === undefined ? undefined : true,
          pref: r.preference === undefined ? undefined : ['medium', 'high'][r.preference],
          nexthops: r.multipath?.map(hop =>
            given({
              gateway: hop.gateway,
              via: viaOf(hop.via),
              dev: names.get(hop.oif),
              weight: hop.weight,
              flags: flagsOf(hop.flags),
            }),
          ),
        }),
      );
    const theirs = (list: Record<string, unknown>[]): unknown[] =>
      list.map(({ expires, metrics, ...rest }) =>
        given({
          ...rest,
          nh_info: undefined,
          expires: expires === undefined ? undefined : true,
          ...(metrics as Record<string, unknown>[] | undefined)?.[0],
        }),
      );
    expect(ours(routes)).toEqual(theirs(shown));
    const inTable = (list: unknown[]): unknown[] => list.map(r => given({ ...(r as object), table: undefined }));
    expect(inTable(ours(table))).toEqual(inTable(theirs(tableShown)));
    expect(table).toEqual(routes.filter(r => r.table === 100));
    const single = byLink.filter(r => r.multipath === undefined);
    const singleShown = byLinkShown.filter(r => r.nexthops === undefined);
    // ip leaves out what was asked for: the link, and the table that is main.
    const dev = (list: unknown[]): unknown[] =>
      list.map(r => given({ ...(r as object), dev: undefined, table: undefined }));
    expect(dev(ours(single))).toEqual(dev(theirs(singleShown)));
    expect(single.length).toBeGreaterThan(8);
  });

  it('of rules is what listRules gives', async () => {
    const { rules, shown } = await inNamespace(async ({ netlink, sh, ip }) => {
      sh(`ip rule add from 192.0.2.1 lookup 100 priority 1000 protocol 4; ip rule add to 198.51.100.0/24 lookup 70000 priority 1001
        ip rule add iif lo oif lo fwmark 0x10/0xff lookup 100 priority 1002; ip rule add lookup 254 suppress_prefixlength 0 priority 1003
        ip rule add not from 192.0.2.0/24 blackhole priority 1005; ip rule add from all unreachable priority 1007
        ip rule add from 10.0.0.0/8 goto 1007 priority 1006; ip rule add tos 0x10 lookup 100 priority 1009
        ip rule add uidrange 1000-2000 ipproto tcp sport 1000-2000 dport 443 lookup 100 priority 1008
        ip -6 rule add from 2001:db8::/32 lookup 70000 priority 1000; ip -6 rule add to 2001:db8::1 prohibit priority 1001`);
      return { rules: await netlink.listRules(), shown: [...ip('-4 -N -d rule'), ...ip('-6 -N -d rule')] };
    });
    const host = (prefix: string): boolean => /^[^:]*\/32$|\/128$/.test(prefix);
    const side = (name: string, prefix: string | undefined): Record<string, unknown> => {
      if (prefix === undefined) return {};
      const [address, length] = prefix.split('/');
      return { [name]: address, [`${name}len`]: host(prefix) ? undefined : Number(length) };
    };
    const ours = rules.map(r =>
      given({
        priority: r.priority,
        not: (r.flags & 2) !== 0 ? null : undefined,
        src: 'all',
        ...side('src', r.from),
        ...side('dst', r.to),
        tos: r.tos === 0 ? undefined : `0x${r.tos.toString(16)}`,
        fwmark: r.fwmark === undefined ? undefined : `0x${r.fwmark.toString(16)}`,
        fwmask: r.fwmask === undefined ? undefined : `0x${r.fwmask.toString(16)}`,
        iif: r.iif,
        oif: r.oif,
        uid_start: r.uidRange?.start,
        uid_end: r.uidRange?.end,
        ipproto: r.ipProtocol === undefined ? undefined : `ipproto-${r.ipProtocol}`,
        sport_start: r.sourcePorts?.start,
        sport_end: r.sourcePorts?.end,
        dport: r.destinationPorts?.start,
        table: r.table === 0 ? undefined : String(r.table),
        suppress_prefixlen: r.suppressPrefixLength,
        goto: r.goto,
        action: r.action === 6 || r.action === 7 || r.action === 8 ? String(r.action) : undefined,
        protocol: String(r.protocol),
      }),
    );
    // ip 6.15 shows the mask of a port, also the one that means all of it
    const all = (mask: unknown): unknown => (mask === '0xffff' ? undefined : mask);
    expect(ours).toEqual(shown.map(rule => given({ ...rule, dport_mask: all(rule.dport_mask) })));
  });
});
