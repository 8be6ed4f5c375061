import type { Instant, Lease } from '../../model/lease.js';
import { type Complain, fieldsOf, fromOptions, linkOf, restOf, valueOf, wordOf } from './fields.js';
import type { Statement } from './statements.js';
import { ofEpoch } from './lease-values.js';
import { ipText } from '../../model/ip/ip-address.js';

/** RFC 8415, section 7.7: this lifetime has no end. */
const infinity = 0xffff_ffff;

/** One `iaaddr` or `iaprefix`. */
interface Granted {
  readonly text: string;
  readonly isPrefix: boolean;
  readonly start: Instant | undefined;
  readonly expire: Instant;
}

interface Association {
  readonly granted: readonly Granted[];
  readonly renew: Instant;
  readonly rebind: Instant;
}

const seconds = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;

/** T1 and T2 of 0 leave the choice to the client. */
const after = (start: Instant | undefined, duration: number | undefined): Instant =>
  duration === undefined || duration === infinity || start === undefined || start === 'never'
    ? 'never'
    : start + duration * 1000;

const prefixText = (text: string): string | undefined => {
  const [, address = '', length = ''] = /^(.*)\/(\d{1,3})$/.exec(text) ?? [];
  const canonical = ipText(address);
  return canonical === undefined || Number(length) > 128 ? undefined : `${canonical}/${Number(length)}`;
};

const granted = ({ text, block, line }: Statement, complain: Complain): readonly Granted[] => {
  const [word, what] = [wordOf(text), restOf(text)];
  const isPrefix = word === 'iaprefix';
  const canonical = isPrefix ? prefixText(what) : ipText(what);
  const fields = fieldsOf(block ?? [], complain);
  const [start, life] = [ofEpoch(valueOf(fields, 'starts')), seconds(valueOf(fields, 'max-life'))];
  if (
    (word !== 'iaaddr' && !isPrefix) ||
    !canonical?.includes(':') ||
    life === undefined ||
    (start === undefined && life !== infinity)
  ) {
    complain(
      line,
      `expected iaaddr ADDRESS or iaprefix PREFIX { starts …; max-life …; }, found ${JSON.stringify(text.slice(0, 60))}`,
    );
    return [];
  }
  return [{ text: canonical, isPrefix, start, expire: after(start, life) }];
};

const association = (statement: Statement, complain: Complain): readonly Association[] => {
  const fields = fieldsOf(statement.block ?? [], complain);
  if (!['ia-na', 'ia-ta', 'ia-pd'].includes(wordOf(statement.text))) {
    complain(statement.line, `expected ia-na, ia-ta or ia-pd, found ${JSON.stringify(statement.text.slice(0, 60))}`);
    return [];
  }
  const start = ofEpoch(valueOf(fields, 'starts'));
  return [
    {
      granted: fields.blocks.flatMap(block => granted(block, complain)),
      renew: after(start, seconds(valueOf(fields, 'renew'))),
      rebind: after(start, seconds(valueOf(fields, 'rebind'))),
    },
  ];
};

const numbers = (instants: readonly (Instant | undefined)[]): readonly number[] =>
  instants.filter(instant => typeof instant === 'number');
const earliest = (instants: readonly Instant[]): Instant => {
  const known = numbers(instants);
  return known.length === 0 ? 'never' : Math.min(...known);
};
const latest = (instants: readonly Instant[]): Instant =>
  instants.includes('never') ? 'never' : Math.max(...numbers(instants));

/** A `lease6 { … }`; undefined, with a complaint, if it does not say whose it is or holds nothing. It lasts as long as its last address. */
export const lease6 = (block: readonly Statement[], line: number, complain: Complain): Lease | undefined => {
  const fields = fieldsOf(block, complain);
  const link = linkOf(fields);
  const associations = fields.blocks.flatMap(one => association(one, complain));
  const granted = associations.flatMap(one => one.granted);
  const valid = granted.filter(({ start, expire }) => expire !== start); // with a lifetime of 0 it is taken back
  const all = valid.length === 0 ? granted : valid;
  const [addresses, prefixes] = [all.filter(one => !one.isPrefix), all.filter(one => one.isPrefix)];
  const lacks = [
    ...(link === undefined ? ['an interface'] : []),
    ...(all.length === 0 ? ['an address or a prefix'] : []),
    ...(fields.isMixed ? ['each statement once'] : []),
  ];
  if (link === undefined || lacks.length > 0) {
    complain(line, `expected a lease6 to have ${lacks.join(', ')}: it is ignored`);
    return undefined;
  }
  const starts = numbers(all.map(one => one.start));
  return {
    family: 'ipv6',
    link,
    addresses: addresses.map(one => one.text),
    prefixes: prefixes.map(one => one.text),
    server: fields.options.get('dhcp6.server-id') ?? '',
    ...fromOptions(fields.options, 'dhcp6.'),
    start: starts.length === 0 ? undefined : Math.max(...starts),
    renew: earliest(associations.map(one => one.renew)),
    rebind: earliest(associations.map(one => one.rebind)),
    expire: latest(all.map(one => one.expire)),
    released: fields.single.has('released'),
    bootp: false,
  };
};
