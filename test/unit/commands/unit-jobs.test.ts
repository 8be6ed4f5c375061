import { expect, test } from '@jest/globals';
import { unitJobs } from '../../../src/commands/unit-jobs.js';
import type { StartRule } from '../../../src/model/config.js';
import { config, link } from '../../../src/testing/builders.js';

const start = (unit: string, links?: readonly string[]): StartRule => ({
  on: ['routable'],
  links,
  unit,
  job: 'restart',
});
const present = ['lo', 'eth0', 'wg home'].map((name, n) => link(n + 1, name));
const jobs = (settings: Parameters<typeof config>[0], links = present): readonly string[] =>
  unitJobs(config(settings), links).map(({ job, unit }) => `${job} ${unit}`);

test('a template has a job for each link that its table and Links= choose, each once, with its name escaped', () => {
  expect(jobs({ starts: [start('a@%i.service'), start('a@%i.service', ['eth*']), start('b.service')] })).toEqual([
    'restart a@eth0.service',
    'restart a@wg\\x20home.service',
    'restart b.service',
  ]);
  expect(jobs({ starts: [start('a@%i.service')], network: { links: ['eth*'] } })).toEqual(['restart a@eth0.service']);
});

test('where there is no such link, any name stands for it', () => {
  expect(jobs({ starts: [start('a@%i.service', ['ppp*'])] })).toEqual(['restart a@i.service']);
});

test('each target is to be started and stopped', () => {
  const found = jobs({ units: { links: ['eth*'] } });
  expect(found).toHaveLength(12);
  expect(found).toEqual(expect.arrayContaining(['start link-routable@i.target', 'stop network-profile@i.target']));
  expect(jobs({})).toEqual([]);
});
