import { expect, test } from '@jest/globals';
import { changedKeys } from '../../../src/config/changed-keys.js';
import { parseConfig } from '../../../src/config/parse.js';
import { defaults, keys } from '../../../src/config/schema.js';

const changed = (before: string, after: string): readonly string[] => {
  const [was = defaults, is = defaults] = [before, after].map(text => parseConfig([{ file: 'a', text }]).config);
  return changedKeys(was, is);
};

test('names the keys as they are written, whether they were set, changed or unset', () => {
  expect(changed('[Network]\nLinks = "a"\nUseDNS = true', '[Network]\nLinks = "b"\n[Metrics]\nListen = "/a"')).toEqual([
    '[Network] Links',
    '[Network] UseDNS',
    '[Metrics] Listen',
  ]);
});

test('names tables of which there may be many', () => {
  expect(changed('', '[Link."eth*"]\nGateway = "192.0.2.1"\n[[Start]]\nOn = "routable"\nUnit = "x.service"')).toEqual([
    '[Link]',
    '[[Start]]',
  ]);
});

test('another way to write the same changes nothing', () => {
  expect(changed('[Network]\nUseDNS = "yes"', '# a comment\n[network]\nusedns = true')).toEqual([]);
});

test('every key of a section has its name', () => {
  const all = {
    ...defaults,
    system: { ...defaults.system, logLevel: 'fatal' },
    metrics: { listen: { path: '/a' } },
  } as const;
  expect(changedKeys(defaults, all)).toEqual(['[System] LogLevel', '[Metrics] Listen']);
  expect(keys.map(({ name }) => name)).toEqual(expect.arrayContaining(['LogLevel', 'Listen']));
});
