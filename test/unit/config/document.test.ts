import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { configurationPage } from '../../../src/config/document.js';
import { parseConfig } from '../../../src/config/parse.js';
import { defaults, keys } from '../../../src/config/schema.js';

test('docs/configuration.md is what the table says (if not: make docs)', () => {
  expect(readFileSync('docs/configuration.md', 'utf8')).toBe(configurationPage());
});

test('the defaults that the page shows are the defaults, and can be written so', () => {
  const sections = configurationPage().split(/^## /m).slice(1);
  const text = sections.map(section => {
    const lines = [...section.matchAll(/^- Default: `(.*)`\.$/gm)].map(match => match[1]);
    return [section.split('\n')[0], ...lines].join('\n');
  });
  const { config, faults } = parseConfig([{ file: 'docs/configuration.md', text: text.join('\n') }]);
  expect(faults).toEqual([]);
  expect(text.join('\n').match(/=/g)?.length).toBeGreaterThan(12);
  expect(config).toEqual(defaults);
});

test('config/network-broker.toml shows every key with its default', () => {
  const installed = readFileSync('config/network-broker.toml', 'utf8');
  expect(parseConfig([{ file: 'as installed', text: installed }])).toEqual({ config: defaults, faults: [] });
  const uncommented = installed.replace(/^#(\w+ = )/gm, '$1').replace(/^#(\w+) =$/gm, '# unset: $1');
  expect(parseConfig([{ file: 'uncommented', text: uncommented }])).toEqual({ config: defaults, faults: [] });
  for (const { name } of keys) expect(uncommented).toMatch(new RegExp(`^(# unset: ${name}$|${name} = )`, 'm'));
});
