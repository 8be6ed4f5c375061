/** Numbers that depend on nothing but the seed (mulberry32). */
export interface Random {
  /** 0 … count - 1 */
  readonly below: (count: number) => number;
  readonly pick: <T>(values: readonly T[]) => T;
}

export const randomOf = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number): number => Math.floor(next() * count);
  return {
    below,
    pick: values => {
      const value = values[below(values.length)];
      if (value === undefined) throw new Error('nothing to pick from');
      return value;
    },
  };
};

/** The links of the model: eth0 … eth2 get rules, int0 is inside, each with its ifindex and so its table. */
const links = ['eth0', 'eth1', 'eth2', 'int0'] as const;
const numberOf = (link: string): number => 10 * (links.findIndex(one => one === link) + 1);
const tableOf = (link: string): number => 9999 + numberOf(link);

export const add = (link: string): readonly string[] => [
  `link add name ${link} index ${numberOf(link)} type veth peer name to-${link} index ${numberOf(link) + 1}`,
  `link set dev ${link} addrgenmode none up`,
  `link set dev to-${link} up`,
];

export const everything = links.flatMap(add);

const addresses = (random: Random): string =>
  random.pick([
    `192.0.2.${5 + random.below(4)}/24`,
    `192.0.2.${5 + random.below(4)}/24`,
    `198.51.100.${5 + random.below(3)}/25`,
    `203.0.113.${random.below(3)}/32`,
    `10.9.0.1 peer 10.9.0.${2 + random.below(2)}`,
    `169.254.3.3/16`,
    `2001:db8::${5 + random.below(4)}/64 nodad`,
    `2001:db8:1::${5 + random.below(2)}/64 nodad preferred_lft 0`,
    `fd00::7/128 nodad`,
    `192.0.2.${5 + random.below(4)}/24 noprefixroute`,
    `192.0.2.5/32 scope ${random.pick(['global', 'link', 'host'])}`,
    `198.51.100.9/24 metric 50`,
    `2001:db8::5/64 nodad noprefixroute`,
    `2001:db8:2::5 peer 2001:db8:2::6 nodad`,
  ]);

const route = (random: Random, link: string): string => {
  const metric = random.pick(['', 'metric 100', 'metric 1024']);
  return random.pick([
    `default via 192.0.2.1 dev ${link} ${metric}`,
    `default via 192.0.2.${1 + random.below(2)} dev ${link} onlink ${metric}`,
    `default via 198.51.100.1 dev ${link} ${metric}`,
    `default dev ${link} ${metric}`,
    `10.1.0.0/16 via 192.0.2.3 dev ${link} ${metric}`,
    `172.17.0.0/16 dev ${link} ${metric}`,
    `192.0.2.128/25 dev ${link}`,
    `10.2.0.0/16 nexthop via 192.0.2.3 dev ${link} nexthop via 192.0.2.4 dev ${random.pick(links)}`,
    `blackhole 10.3.0.0/16`,
    `default nexthop via 192.0.2.3 dev ${link} nexthop via 192.0.2.${4 + random.below(2)} dev ${random.pick([link, ...links])}`,
    `10.1.0.0/16 via 192.0.2.${4 + random.below(2)} dev ${link} ${metric}`,
    `-6 default nexthop via fe80::1 dev ${link} weight ${1 + random.below(2)} nexthop via 2001:db8::${2 + random.below(2)} dev ${link}`,
    `0.0.0.0/1 dev ${link}`,
    `local 203.0.113.${8 + random.below(2)} dev ${link} proto 66`,
    `-6 local 2001:db8:9::9 dev ${link} proto 66`,
    `${random.pick(['blackhole', 'unreachable', 'prohibit', 'throw'])} 10.0.0.0/8 ${metric}`,
    `${random.pick(['blackhole', 'throw'])} 10.1.0.0/16 ${metric}`,
    `unreachable default metric ${random.pick([50, 1000])}`,
    `-6 ${random.pick(['blackhole', 'unreachable', 'prohibit', 'throw'])} 2001:db8:7::/${random.pick([48, 64])} ${metric}`,
    `-6 blackhole default metric ${random.pick([50, 2000])}`,
    `-6 default via 2001:db8::1 dev ${link} ${metric}`,
    `-6 default via fe80::1 dev ${link} ${metric}`,
    `-6 2001:db8:7::/48 via 2001:db8::3 dev ${link}`,
    `-6 default via 2001:db8::1 dev ${link} expires ${300 + random.below(300)} metric 512`,
    `10.4.0.0/16 via 192.0.2.3 dev ${link} tos 0x10 ${metric}`,
    `10.4.0.0/16 via 192.0.2.${3 + random.below(2)} dev ${link} mtu ${1400 + random.below(2)} advmss 1200`,
    `10.5.0.0/16 via inet6 ${random.pick(['fe80::1', '2001:db8::1'])} dev ${link}`,
    `default via 192.0.2.1 dev ${link} src 192.0.2.5 ${metric}`,
    `10.6.0.0/16 nhid ${1 + random.below(3)}`,
    `-6 2001:db8:8::/48 nexthop via 2001:db8::3 dev ${link} nexthop via fe80::4 dev ${random.pick(links)}`,
    `-6 2001:db8:9::/48 via 2001:db8::${3 + random.below(2)} dev ${link} pref high ${metric}`,
    `-6 2001:db8::/64 dev ${link} ${metric}`,
    `-6 default dev ${link} ${metric}`,
    `-6 default via 2001:db8::1 dev ${link} onlink src 2001:db8::5`,
  ]);
};

const withFamily = (action: string, text: string): string =>
  text.startsWith('-6 ') ? `-6 route ${action} ${text.slice(3)}` : `route ${action} ${text}`;

const nexthop = (random: Random, link: string): string =>
  random.pick([
    `nexthop replace id ${1 + random.below(3)} via 192.0.2.3 dev ${link}`,
    `nexthop replace id ${1 + random.below(3)} via 192.0.2.4 dev ${link} onlink`,
    `nexthop delete id ${1 + random.below(3)}`,
  ]);

/** Somebody else's rules and routes, alike to ours and not. */
const foreign = (random: Random, link: string): string =>
  random.pick([
    `rule add from 192.0.2.${5 + random.below(4)} lookup ${tableOf(link)} priority 9999 protocol static`,
    `rule delete from 192.0.2.${5 + random.below(4)} lookup ${tableOf(link)} priority 9999 protocol static`,
    `rule add to 10.0.0.0/8 lookup 77 priority ${5000 + random.below(3)}`,
    `rule delete to 10.0.0.0/8 lookup 77 priority ${5000 + random.below(3)}`,
    `route add default dev ${link} table ${tableOf(link)} proto static ${random.pick(['', 'metric 100'])}`,
    `route delete default table ${tableOf(link)} proto static`,
    `route add 192.0.2.0/24 dev ${link} table ${tableOf(random.pick(links))} proto static`,
    `route add 10.7.0.0/16 dev ${link} table 77`,
  ]);

/** Somebody deletes what is ours. */
export const undo = (random: Random): string => {
  const link = random.pick(links);
  return random.pick([
    `rule delete from 192.0.2.${5 + random.below(4)} lookup ${tableOf(link)} protocol 217`,
    `-6 rule delete to 2001:db8::${5 + random.below(4)} lookup ${tableOf(link)} protocol 217`,
    `route delete default table ${tableOf(link)} proto 217`,
    `route flush table ${tableOf(link)} proto 217`,
    `-6 route flush table ${tableOf(link)} proto 217`,
  ]);
};

/** What an earlier run may have left. */
export const leftover = (random: Random): string => {
  const link = random.pick(links);
  return random.pick([
    `rule add from 192.0.2.${5 + random.below(4)} lookup ${tableOf(link)} priority 9999 protocol 217`,
    `rule add from 192.0.2.7 lookup ${tableOf(link)} priority ${random.pick([9998, 9999])} protocol 217`,
    `rule add not from 192.0.2.5 lookup ${tableOf(link)} priority 9999 protocol 217`,
    `rule add to 192.0.2.5 iif ${link} fwmark 1 lookup ${tableOf(link)} priority 9999 protocol 217`,
    `rule add from 192.0.2.5 lookup ${tableOf(link)} priority 9999 protocol 217 suppress_prefixlength 0`,
    `-6 route add 2001:db8:8::/48 table ${tableOf(link)} proto 217 nexthop via fe80::3 dev ${link} nexthop via fe80::4 dev ${link}`,
    `route add 10.8.0.0/16 table ${tableOf(link)} proto 217 nexthop via 192.0.2.3 dev ${link} onlink nexthop via 192.0.2.4 dev ${link} onlink`,
    `-6 rule add to 2001:db8::9 lookup 10005 priority 9999 protocol 217`,
    `route replace 192.0.2.0/24 dev ${link} table ${tableOf(link)} proto 217`,
    `route replace 10.8.0.0/16 dev ${link} table 78 proto 217`,
  ]);
};

/** A few commands of ip(8), one a line; some of them fail, as they would for anybody. */
export const command = (random: Random): readonly string[] => {
  const link = random.pick(links);
  switch (random.below(15)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return [`address add ${addresses(random)} dev ${link}`];
    case 4:
    case 5:
      return [
        `address delete ${addresses(random).replace(/ (nodad|preferred_lft|noprefixroute|scope|metric).*/, '')} dev ${link}`,
      ];
    case 6:
    case 7:
    case 8:
      return [withFamily(random.pick(['add', 'replace', 'append', 'change']), route(random, link))];
    case 9:
      return [withFamily('delete', route(random, link).replace(/ expires \d+/, ''))];
    case 10:
      return [foreign(random, link)];
    case 11:
      return random.pick([
        [`link set dev ${link} down`],
        [`link set dev ${link} down`, `link set dev ${link} up`],
        [`link set dev to-${link} down`],
        [`address flush dev ${link}`],
      ]);
    case 13:
      return [nexthop(random, link)];
    case 12:
      return [`link set dev ${link} up`, `link set dev to-${link} up`];
    default:
      return random.pick([
        [`link delete dev ${link}`],
        [`link delete dev ${link}`, ...add(link)],
        add(link),
        [`link set dev ${link} name x${link}`],
        [`link set dev x${link} name ${link}`],
      ]);
  }
};
