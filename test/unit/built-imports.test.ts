import { expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const programs = ['scripts', 'bench'].flatMap(directory =>
  readdirSync(directory)
    .filter(name => name.endsWith('.mjs'))
    .map(name => join(directory, name)),
);

/** What a program imports of what is built, `dist/cli/completion.js`, as the source it is built from. */
const sourcesOf = (program: string): readonly string[] =>
  [...readFileSync(program, 'utf8').matchAll(/from '\.\.\/dist\/(.+)\.js'/g)].map(([, name = '']) => `src/${name}.ts`);

test('programs beside src import only what is built from a source that is there', () => {
  const imported = programs.flatMap(program => sourcesOf(program).map(source => ({ program, source })));
  expect(imported).not.toEqual([]);
  expect(imported.filter(({ source }) => !existsSync(source))).toEqual([]);
});
