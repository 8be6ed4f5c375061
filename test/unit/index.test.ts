import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** The names in a table of docs/embedding.md, of one of its columns. */
const listed = (entry: string, column: 'stable' | 'experimental'): readonly string[] => {
  const page = readFileSync('docs/embedding.md', 'utf8');
  const [, table = ''] = page.split(`| \`${entry}\` | stable | experimental |\n`);
  const [rows = ''] = table.split('\n\n');
  return rows.split('\n').flatMap(row => {
    const [, , stable = '', experimental = ''] = row.split('|');
    return [...(column === 'stable' ? stable : experimental).matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
  });
};

/** What the built package exports, as a program finds it that imports it by its name. */
const exported = (entry: string): readonly string[] => {
  const program = `console.log(JSON.stringify(Object.keys(await import('${entry}'))))`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  return JSON.parse(said) as readonly string[];
};

const types = readdirSync('dist', { encoding: 'utf8', recursive: true })
  .filter(file => file.endsWith('.d.ts'))
  .map(file => readFileSync(`dist/${file}`, 'utf8'))
  .join('\n');

/** What is tagged so where it is declared, in the types that the package has. */
const isTagged = (name: string): boolean => {
  const [before = ''] = types.split(new RegExp(`export declare const ${name}\\b`));
  return before.length < types.length && before.slice(before.lastIndexOf('/**')).includes('@experimental');
};

test.each(['network-event-broker', 'network-event-broker/core', 'network-event-broker/testing'])(
  'the public names of %s are those that docs/embedding.md lists, and what is experimental says so in its type',
  entry => {
    const [stable, experimental] = [listed(entry, 'stable'), listed(entry, 'experimental')];
    expect([...exported(entry)].sort()).toEqual([...stable, ...experimental].sort());
    expect(experimental.filter(name => !isTagged(name))).toEqual([]);
    expect(stable.filter(isTagged)).toEqual([]);
  },
);
