import type { Lease } from '../../model/lease.js';
import { type Block, blocksOf, complainTo, type Unreadable } from './blocks.js';
import { lease4 } from './lease4.js';
import { lease6 } from './lease6.js';
import { statementsOf } from './statements.js';
import { quoted } from '../../model/values/excerpt.js';

export type { Unreadable } from './blocks.js';

/** What a lease file says. */
export interface LeaseFile {
  /** the present lease of each link and family: the last one in the file that can be read */
  readonly leases: readonly Lease[];
  /** what is left out of `leases`, by line, at most 1,000; leases that a later one replaced are not looked into */
  readonly unreadable: readonly Unreadable[];
  /** it ends in the middle of a statement: somebody is writing it, or was interrupted */
  readonly isCut: boolean;
}

const isLease = ({ word }: Block): boolean => word === 'lease' || word === 'lease6';

/**
 * Reads a lease file of ISC dhclient (dhclient.leases(5)), IPv4 and IPv6. Pure, linear, never throws: what cannot be read
 * is told by line, and a lease that it leaves in doubt (whose? which address? until when?) is left out.
 *
 * @param now milliseconds since the epoch, by the clock that dhclient goes by, too
 */
export const parseLeases = (text: string, now: number): LeaseFile => {
  const { blocks, unreadable: broken, isCut } = blocksOf(text);
  const unreadable: Unreadable[] = [...broken];
  const complain = complainTo(unreadable);

  const read = (block: Block): Lease | undefined => {
    const { word, from, to, line } = block;
    if (!isLease(block)) complain(line, `expected lease { … } or lease6 { … }, found ${quoted(word)}`);
    else if (block.isDamaged) complain(line, 'expected a complete lease, found a damaged one: it is ignored');
    else return (word === 'lease' ? lease4 : lease6)(statementsOf(text, from, to, line), line, complain, now);
    return undefined;
  };
  const leases: Lease[] = [];
  const known = new Set<string>();
  for (const block of blocks.toReversed()) {
    const about = `${block.word} ${block.link}`;
    if (block.link !== '' && known.has(about)) continue;
    const lease = read(block);
    if (lease === undefined) continue;
    known.add(about);
    leases.push(lease);
  }
  return { leases: leases.reverse(), unreadable: unreadable.sort((a, b) => a.line - b.line), isCut };
};
