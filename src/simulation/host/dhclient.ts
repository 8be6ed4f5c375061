import type { Random } from '../random.js';
import type { Time } from '../time.js';
import type { Disk } from './disk.js';
import type { Kernel } from './kernel/kernel.js';

export const LEASE_FILE = '/var/lib/dhcp/dhclient.leases';
/** Of each of its leases, in seconds. */
const LEASE_S = 1200;
const NETWORK = '203.0.113';

/** What a server gave. */
export interface Granted {
  readonly link: string;
  readonly address: string;
  readonly hostname: string;
  readonly dns: readonly string[];
  readonly domain: string;
  /** milliseconds since the epoch */
  readonly expire: number;
}

/** ISC dhclient: it sets an address, and writes down its lease a little later, at the end of a file that it rewrites now and then. */
export interface Dhclient {
  /** a lease is granted: the nth of the server's */
  readonly bind: (link: string, nth: number) => void;
  /** by the same server, for as long again */
  readonly renew: () => void;
  readonly release: () => void;
  /** the server is silent: the lease runs out */
  readonly starve: () => void;
  /** the file is rewritten: for a moment it is cut */
  readonly rewrite: () => void;
  /** the leases that it has written down, or is about to; the newest is the last, and one that was given back is over */
  readonly recorded: () => readonly Granted[];
}

const moment = (at: number): string => `epoch ${Math.floor(at / 1000)}`;

const textOf = ({ link, address, hostname, dns, domain, expire }: Granted): string =>
  [
    'lease {',
    `  interface "${link}";`,
    `  fixed-address ${address};`,
    '  option subnet-mask 255.255.255.0;',
    `  option dhcp-lease-time ${LEASE_S};`,
    `  option routers ${NETWORK}.1;`,
    `  option domain-name-servers ${dns.join(',')};`,
    `  option domain-name "${domain}";`,
    `  option host-name "${hostname}";`,
    `  renew ${moment(expire - (LEASE_S * 1000) / 2)};`,
    `  rebind ${moment(expire - (LEASE_S * 1000) / 8)};`,
    `  expire ${moment(expire)};`,
    '}',
    '',
  ].join('\n');

export const createDhclient = (
  kernel: Kernel,
  disk: Disk,
  time: Time,
  random: Random,
  wall: () => number,
): Dhclient => {
  let held: Granted | undefined;
  let text = '';
  let recorded: readonly Granted[] = [];
  /** one more with each lease and its end: what was begun under another is void */
  let epoch = 0;
  const still = (then: () => void): (() => void) => {
    const during = epoch;
    return () => {
      if (during === epoch) then();
    };
  };
  const write = (granted: Granted, more = textOf(granted)): void => {
    const others = recorded.filter(({ address }) => address !== granted.address);
    recorded = [...others, granted];
    text += more;
    time.after(random.within(5, 1500), () => disk.write(LEASE_FILE, text));
  };
  const drop = (): void => {
    epoch += 1;
    if (held !== undefined) kernel.ip(`address delete ${held.address} dev ${held.link}`);
    held = undefined;
  };
  const expires = (): void => {
    time.after(
      LEASE_S * 1000,
      still(() => drop()),
    );
  };
  const renew = (): void => {
    const now = held;
    if (now === undefined) return;
    epoch += 1;
    held = { ...now, expire: wall() + LEASE_S * 1000 };
    const link = kernel.links().find(({ name }) => name === now.link);
    if (link !== undefined) kernel.renew(link.ifindex, now.address, LEASE_S);
    write(held);
    expires();
    renews();
  };
  const renews = (): void => {
    time.after((LEASE_S * 1000) / 2, still(renew));
  };
  return {
    recorded: () => recorded,
    bind: (link, nth) => {
      drop();
      const address = `${NETWORK}.${100 + nth}`;
      kernel.ip(`link set ${link} up`);
      if (kernel.ip(`address add ${address}/24 dev ${link} valid_lft ${LEASE_S}`) !== undefined) return;
      kernel.ip(`route add default via ${NETWORK}.1 dev ${link}`);
      const domain = nth === 3 ? 'other.example' : 'lab.example';
      const dns = nth === 2 ? [`${NETWORK}.53`, `${NETWORK}.54`] : [`${NETWORK}.53`];
      held = { link, address, hostname: `host${nth}`, dns, domain, expire: wall() + LEASE_S * 1000 };
      write(held);
      expires();
      renews();
    },
    renew,
    release: () => {
      const now = held;
      if (now === undefined) return;
      drop();
      const over = { ...now, expire: wall() };
      write(over, textOf(over).replace(/^ {2}(renew|rebind) .*$/gm, `  $1 ${moment(wall())};`));
    },
    starve: () => {
      if (held === undefined) return;
      epoch += 1;
      time.after(Math.max(0, held.expire - wall()), still(drop));
    },
    rewrite: () => {
      const whole = recorded.map(textOf).join('');
      if (whole === '') return;
      text = whole;
      disk.write(LEASE_FILE, random.isOdds(0.5) ? '' : whole.slice(0, whole.length >> 1));
      time.after(random.within(1, 100), () => disk.write(LEASE_FILE, text));
    },
  };
};
