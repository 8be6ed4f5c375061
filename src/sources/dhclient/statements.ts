import { scannerOf } from './scanner.js';

/** `text;`, or `text { … }`: the grammar that all files of ISC DHCP share. */
export interface Statement {
  /** what stands before the `;` or `{`, as it was written, without white space around it */
  readonly text: string;
  /** where it begins, from 1 */
  readonly line: number;
  /** undefined: it ended with `;` */
  readonly block: readonly Statement[] | undefined;
}

/** The statements in a part of a source whose blocks are whole. Linear, without recursion, never throws. */
export const statementsOf = (source: string, from: number, to: number, line: number): readonly Statement[] => {
  const scanner = scannerOf(source, from, to, line);
  const around: Statement[][] = [[]];
  for (let mark = scanner.next(); mark !== 'end'; mark = scanner.next()) {
    if (mark === '}') {
      if (around.length > 1) around.pop();
      continue;
    }
    if (mark === ';' && scanner.from === -1) continue;
    const text = scanner.from === -1 ? '' : source.slice(scanner.from, scanner.to).trimEnd();
    const block: Statement[] | undefined = mark === '{' ? [] : undefined;
    around.at(-1)?.push({ text, line: scanner.line, block });
    if (block !== undefined) around.push(block);
  }
  return around[0] ?? [];
};
