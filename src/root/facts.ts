import type { Address } from '../model/address.js';
import { ipText } from '../model/ip/ip-address.js';
import type { Link } from '../model/link.js';
import { derivedStates } from '../world/kernel/operational-state.js';
import { type Refused, refused } from './request.js';
import type { Checked } from './variables.js';

/** What the kernel says of a link at the moment. */
export interface LinkFacts {
  readonly ifindex: number;
  readonly carrierState: string;
  /** its addresses, without prefix length, as inet_ntop(3) writes them */
  readonly addresses: ReadonlySet<string>;
}

/** Of a link alone: whether a port of it lacks the carrier is not asked. */
export const factsOf = (link: Link, addresses: readonly Address[]): LinkFacts => ({
  ifindex: link.ifindex,
  carrierState: derivedStates(link, [], () => []).CarrierState ?? 'off',
  addresses: new Set(addresses.map(({ address }) => address)),
});

/** What has ended: the link of it may be gone by the time a script is run. */
const ends: ReadonlySet<string> = new Set(['removed', 'several', 'expired', 'released', 'lost', 'off', 'down']);

const tellsOfAnEnd = (
  { ACTION = '', EVENT = '', STATE = '' }: Checked['variables'],
  args: readonly string[],
): boolean => ends.has(ACTION) || ends.has(STATE) || ends.has(args[1] ?? '') || EVENT === 'route';

/** The words of networkd-dispatcher and NetworkManager that list the addresses of a link. */
const ofAddresses = /^(ADDR|IP6?_ADDRS|IP[46]_ADDRESS_\d+)$/;

const isOf = (addresses: LinkFacts['addresses'], word: string): boolean =>
  addresses.has(ipText(word.replace(/\/.*/, '')) ?? '');

/**
 * The variables with what the kernel says in place of what was asked for: the index and the carrier of the link, and of the lists of
 * its addresses those that it has. Refused is a link that the kernel does not know, unless something of it has ended.
 *
 * @param facts undefined: the kernel knows no such link
 */
export const withFacts = (
  checked: Checked,
  args: readonly string[],
  facts: LinkFacts | undefined,
): Pick<Checked, 'variables'> | Refused => {
  const { link, variables } = checked;
  if (link === '') return { variables };
  if (facts === undefined)
    return tellsOfAnEnd(variables, args)
      ? { variables }
      : refused(`expected a link that the kernel knows, found ${link}`);
  const read = ([name, value]: readonly [string, string]): readonly (readonly [string, string])[] => {
    if (name === 'LINKINDEX') return [[name, String(facts.ifindex)]];
    // That a port of it lacks the carrier is seen from its ports only.
    if (name === 'CarrierState' && value !== 'degraded-carrier') return [[name, facts.carrierState]];
    if (!ofAddresses.test(name)) return [[name, value]];
    if (/^IP[46]_ADDRESS_/.test(name))
      return isOf(facts.addresses, value.split(' ')[0] ?? '') || tellsOfAnEnd(variables, args) ? [[name, value]] : [];
    return [
      [
        name,
        value
          .split(' ')
          .filter(word => isOf(facts.addresses, word))
          .join(' '),
      ],
    ];
  };
  return { variables: Object.fromEntries(Object.entries(variables).flatMap(read)) };
};
