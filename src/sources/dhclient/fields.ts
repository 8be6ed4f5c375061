import { type Lease, routersOf } from '../../model/lease.js';
import { classlessNames, classlessRoutes } from './classless-routes.js';
import type { Statement } from './statements.js';
import { valuesOf } from './lease-values.js';
import { ipText } from '../../model/ip/ip-address.js';

export type Complain = (line: number, message: string) => void;

/** The fields of a lease that IPv4 and IPv6 have in common. */
export interface Fields {
  /** what follows each word that may stand once, by that word */
  readonly single: ReadonlyMap<string, Statement>;
  /** as they were written, by name */
  readonly options: ReadonlyMap<string, string>;
  readonly blocks: readonly Statement[];
  /** a word that may stand once stands twice: two leases ran into one another */
  readonly isMixed: boolean;
}

const known = new Set([
  'interface', 'fixed-address', 'filename', 'server-name', 'medium', 'name', 'renew', 'rebind', 'expire', 'bootp',
  'released', 'starts', 'preferred-life', 'max-life', 'key', 'uuid', 'next-server', 'dhcp-client-identifier',
]); // prettier-ignore

/** The first word of a statement: `renew` of `renew 1 2026/11/23 22:30:13`. */
export const wordOf = (text: string): string => {
  let end = 0;
  while (end < text.length && text.charCodeAt(end) > 32 && text[end] !== '"') end += 1;
  return text.slice(0, end);
};

/** What follows the first word. */
export const restOf = (text: string): string => text.slice(wordOf(text).length).trim();

/** What follows this word; empty if there is no such statement. */
export const valueOf = ({ single }: Pick<Fields, 'single'>, word: string): string =>
  restOf(single.get(word)?.text ?? '');

/** Sorts the statements of a lease, or of a block in it. */
export const fieldsOf = (block: readonly Statement[], complain: Complain): Fields => {
  const single = new Map<string, Statement>();
  const options = new Map<string, string>();
  const blocks: Statement[] = [];
  let isMixed = false;
  for (const statement of block) {
    const { text, line } = statement;
    if (statement.block !== undefined) {
      blocks.push(statement);
      continue;
    }
    if (text.startsWith('option')) {
      const rest = restOf(text);
      const name = wordOf(rest);
      const value = rest.slice(name.length).trim();
      if (wordOf(text) !== 'option' || value === '') complain(line, 'expected: option name value');
      else options.set(name, value);
      continue;
    }
    const word = wordOf(text);
    if (!known.has(word)) complain(line, `expected a lease statement, found ${JSON.stringify(word.slice(0, 60))}`);
    else if (single.has(word)) isMixed = true;
    single.set(word, statement);
  }
  return { single, options, blocks, isMixed };
};

const textsOf = (options: Fields['options'], name: string): readonly string[] => {
  const written = options.get(name);
  return written === undefined ? [] : valuesOf(written);
};

const addressesOf = (options: Fields['options'], name: string): readonly string[] =>
  textsOf(options, name).flatMap(text => ipText(text) ?? []);

const nameOf = (options: Fields['options'], name: string): string => textsOf(options, name)[0] ?? '';

/** The link that a lease is about; undefined: it does not say. */
export const linkOf = (fields: Fields): string | undefined => {
  const name = valuesOf(valueOf(fields, 'interface'))[0];
  return name === '' ? undefined : name;
};

/** What the options say, by their names in each family (dhcp-options(5)). */
export const fromOptions = (
  options: Fields['options'],
  prefix: '' | 'dhcp6.',
): Pick<Lease, 'dns' | 'domain' | 'search' | 'hostname' | 'routes' | 'routers' | 'subnetMask' | 'options'> => {
  const routes = classlessNames.flatMap(name => classlessRoutes(options.get(name) ?? ''));
  return {
    dns: addressesOf(options, prefix === '' ? 'domain-name-servers' : 'dhcp6.name-servers'),
    domain: nameOf(options, 'domain-name'),
    search: textsOf(options, `${prefix}domain-search`),
    hostname: nameOf(options, 'host-name'),
    routes,
    routers: routersOf(routes, addressesOf(options, 'routers')),
    subnetMask: addressesOf(options, 'subnet-mask')[0] ?? '',
    options,
  };
};
