import type { Instant, Lease } from '../../model/lease.js';
import { type Complain, fieldsOf, type Fields, fromOptions, linkOf, restOf, valueOf } from './fields.js';
import type { Statement } from './statements.js';
import { instantOf } from './lease-values.js';
import { ipText } from '../../model/ip/ip-address.js';

/** Undefined: there is no such statement, or it says no date. */
const instant = ({ single }: Fields, word: string, complain: Complain): Instant | undefined => {
  const statement = single.get(word);
  if (statement === undefined) return undefined;
  const found = instantOf(restOf(statement.text));
  if (found === undefined) complain(statement.line, `expected: ${word} DATE, epoch SECONDS or never`);
  return found;
};

/** When the server granted it: what is recorded is when it ends and how long it lasts. */
const startOf = (expire: Instant, isReleased: boolean, seconds: string | undefined): Instant | undefined => {
  if (expire === 'never') return undefined;
  if (isReleased) return expire;
  return seconds !== undefined && /^\d{1,10}$/.test(seconds) ? expire - Number(seconds) * 1000 : undefined;
};

/** A `lease { … }`; undefined, with a complaint, if it does not say whose it is, which address, or until when. */
export const lease4 = (
  block: readonly Statement[],
  line: number,
  complain: Complain,
  now: number,
): Lease | undefined => {
  const fields = fieldsOf(block, complain);
  const { single, options } = fields;
  const link = linkOf(fields);
  const address = ipText(valueOf(fields, 'fixed-address'));
  const expire = instant(fields, 'expire', complain);
  const [renew = expire, rebind = expire] = [instant(fields, 'renew', complain), instant(fields, 'rebind', complain)];
  const lacks = [
    ...(link === undefined ? ['an interface'] : []),
    ...(address === undefined || address.includes(':') ? ['a fixed-address'] : []),
    ...(expire === undefined ? ['an expiry'] : []),
    ...(fields.isMixed ? ['each statement once'] : []),
  ];
  if (link === undefined || address === undefined || expire === undefined || lacks.length > 0) {
    complain(line, `expected a lease to have ${lacks.join(', ')}: it is ignored`);
    return undefined;
  }
  // dhclient -r records a lease of which all has ended just now; there is no word for it in IPv4. One of which all ends
  // together later is one that is never renewed, like the fixed one in dhclient.conf(5).
  const endsAtOnce = expire !== 'never' && renew === expire && rebind === expire && single.has('renew');
  const released = endsAtOnce && expire <= now;
  return {
    family: 'ipv4',
    link,
    addresses: [address],
    prefixes: [],
    server: options.get('dhcp-server-identifier') ?? '',
    ...fromOptions(options, ''),
    start: startOf(expire, released, options.get('dhcp-lease-time')),
    renew: renew ?? expire,
    rebind: rebind ?? expire,
    expire,
    released,
    bootp: single.has('bootp'),
  };
};
