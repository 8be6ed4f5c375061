import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../checkout.js';

/** Where the commands of docs/install.md are run: each block of them says it behind its `sh`. */
export const places = ['builder', 'debian13', 'debian12', 'rpm', 'source', 'namespace'] as const;
export type Place = (typeof places)[number];

interface Block {
  readonly place: string;
  readonly commands: readonly string[];
}

/** The blocks of commands, in their order. */
export const blocksOf = (): readonly Block[] =>
  [...readFileSync(join(checkout, 'docs', 'install.md'), 'utf8').matchAll(/^```sh ?(\S*)\n(.*?)^```/gms)].map(
    ([, place = '', text = '']) => ({
      place,
      commands: text
        .split('\n')
        .map(line => line.replace(/(^| +)# .*/, ''))
        .filter(Boolean),
    }),
  );

/** As root types it; what would never end is ended, and `check` may have found something to say. */
const typed = (command: string): string => {
  if (command.endsWith(' monitor')) return `timeout --signal=INT 3 ${command.replace('sudo ', '')} || [ $? -eq 124 ]`;
  return command.endsWith(' check') ? `${command} || [ $? -eq 1 ]` : command;
};

/** Runs every command of this place; what they said. */
export const followed = async (place: Place, sh: (commands: string) => Promise<string>): Promise<string> => {
  let said = '';
  for (const { commands } of blocksOf().filter(block => block.place === place))
    for (const command of commands) said += await sh(`sudo() { "$@"; }\n{ ${typed(command)}\n} 2>&1`);
  return said;
};
