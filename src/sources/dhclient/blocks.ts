import { type Mark, type Scanner, scannerOf } from './scanner.js';
import { quoted } from '../../model/values/excerpt.js';

/** Something in a file that could not be read. */
export interface Unreadable {
  /** from 1 */
  readonly line: number;
  /** what was expected and what was found */
  readonly message: string;
}

/** So much that cannot be read is kept of one file: a file of anything may be all wrong. */
const MAX_UNREADABLE = 1000;

/** Notes what cannot be read, up to a bound. */
export const complainTo =
  (unreadable: Unreadable[]) =>
  (line: number, message: string): void => {
    if (unreadable.length < MAX_UNREADABLE) unreadable.push({ line, message });
  };

/** `word { … }` at the top of a file. */
export interface Block {
  readonly word: string;
  /** what stands behind `interface` in it, as it was written; the last one counts, and `lease4` and `lease6` refuse two */
  link: string;
  /** where its inside begins and ends */
  readonly from: number;
  to: number;
  readonly line: number;
  /** it may hold what was meant to be outside, or lack what was meant to be in it */
  isDamaged: boolean;
}

export interface Blocks {
  readonly blocks: readonly Block[];
  readonly unreadable: readonly Unreadable[];
  /** the text ends in the middle of a statement, as it does while somebody writes it */
  readonly isCut: boolean;
}

/**
 * A lease never lies in another block: one that seems to was appended to a half written one, at whichever byte it was cut.
 * No other block of these files has a name that ends so.
 */
const opening = /lease6?$/;

/** Statements at the top of a file that are no leases and that dhclient knows. */
const onItsOwn = /^(?:default-duid|server-duid|authoring-byte-order|key|option|send|request|script)\b/;

/** Finds the blocks of a lease file and of which link each speaks, without reading more of them. Linear, never throws. */
export const blocksOf = (source: string): Blocks => {
  const scanner = scannerOf(source);
  const found: Block[] = [];
  const unreadable: Unreadable[] = [];
  let block: Block | undefined;
  let depth = 0;

  const complain = complainTo(unreadable);
  const textOf = ({ from, to }: Scanner): string => (from === -1 ? '' : source.slice(from, to).trimEnd());
  const damage = (): void => {
    if (block !== undefined) block.isDamaged = true;
  };
  const begin = (word: string, isDamaged: boolean): void => {
    if (block !== undefined) found.push({ ...block, to: scanner.from, isDamaged: true });
    const from = scanner.to + 1;
    block = { word, link: '', from, to: from, line: scanner.line, isDamaged };
    depth = 1;
  };
  const open = (): void => {
    const text = textOf(scanner);
    const lease = opening.exec(text)?.[0];
    if (lease === undefined && depth > 0) {
      depth += 1;
      return;
    }
    if (depth > 0 || (lease !== undefined && lease !== text))
      complain(scanner.line, 'expected the previous statement to end before a lease begins');
    begin(lease ?? text, lease === undefined && scanner.isBroken);
  };
  const close = (): void => {
    if (scanner.from !== -1) {
      complain(scanner.line, 'expected ; before }');
      damage();
    }
    if (depth === 0) complain(scanner.line, 'expected a statement, found }');
    depth = Math.max(0, depth - 1);
    if (depth > 0 || block === undefined) return;
    block.to = scanner.to;
    found.push(block);
    block = undefined;
  };
  const statement = (): void => {
    if (depth === 1 && block !== undefined && source.startsWith('interface', scanner.from))
      block.link = source.slice(scanner.from + 'interface'.length, scanner.to).trim();
    if (depth > 0 || scanner.from === -1) return;
    const text = textOf(scanner);
    if (!onItsOwn.test(text)) complain(scanner.line, `expected lease { … } or lease6 { … }, found ${quoted(text)}`);
  };

  for (let mark: Mark = scanner.next(); mark !== 'end'; mark = scanner.next()) {
    if (scanner.isBroken) {
      complain(scanner.line, 'expected a string to end with " on its line');
      damage();
    }
    if (mark === '{') open();
    else if (mark === '}') close();
    else statement();
  }
  return { blocks: found, unreadable, isCut: scanner.from !== -1 || depth > 0 };
};
