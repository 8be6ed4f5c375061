import { expect, test } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { scriptDirectories } from '../../../../src/commands/checks/runnable-scripts.js';
import { fakeFiles, type FakeTree, script } from '../../../../src/fakes/fake-files.js';
import { config, tree } from '../../../../src/testing/builders.js';

const root = '/etc/network-broker';
const directory = (name: string) => script(`${root}/${name}`, { kind: 'directory' });

/** What is said of the script directory that holds `directories`, each with its scripts. */
const said = async (directories: NonNullable<FakeTree['directories']>): Promise<readonly string[]> => {
  const below = Object.fromEntries(Object.entries(directories).map(([name, entries]) => [`${root}/${name}`, entries]));
  const files = fakeFiles({ directories: { [root]: Object.keys(directories).map(directory), ...below } });
  const circumstances = {
    options: { config: `${root}/network-broker.toml`, scriptDirectory: root, system: {} },
    config: config({}),
    faults: [],
  };
  const findings = await lastValueFrom(scriptDirectories(files)(circumstances).pipe(toArray()), { defaultValue: [] });
  return findings.map(({ severity, message }) => `${severity} ${message}`);
};

test('scripts are looked for wherever they can run, not only in the directories that a package creates', async () => {
  expect(await said({ 'online.d': ['10-a'], 'configuring.d': ['10-b'], 'routable.d': [] })).toEqual([
    `ok ${root}: 2 scripts in 3 directories`,
  ]);
  const unexecutable = script(`${root}/failed.d/10-a`, { mode: 0o644 });
  expect((await said({ 'failed.d': [unexecutable] }))[0]).toMatch(/^warn .*failed\.d\/10-a is skipped/);
});

test('a directory of no state is named, and the one that was probably meant', async () => {
  const [found, summary] = await said({ 'routble.d': ['10-a'], 'carrier.d': ['10-b'] });
  expect(found).toBe(`warn ${root}/routble.d: no event runs its scripts; did you mean routable.d?`);
  expect(summary).toBe(`ok ${root}: 1 scripts in 1 directories`);
  expect((await said({ 'something-else.d': [] }))[0]).toBe(`warn ${root}/something-else.d: no event runs its scripts`);
});

test('the drop-ins of the configuration, files and other directories are nothing to speak of', async () => {
  const files = { [root]: [directory('network-broker.toml.d'), directory('lib'), script(`${root}/a.d`)] };
  const findings = await lastValueFrom(
    scriptDirectories(fakeFiles({ directories: files }))({
      options: { config: `${root}/network-broker.toml`, scriptDirectory: root, system: {} },
      config: config({}),
      faults: [],
    }).pipe(toArray()),
    { defaultValue: [] },
  );
  expect(findings.map(({ message }) => message)).toEqual([`${root}: 0 scripts in 0 directories`]);
});

test('further trees are told of, each with its style', async () => {
  const nd = tree({ path: ['/etc/nd', '/usr/nd'], style: 'networkd-dispatcher', user: 'root' });
  const limits = { timeoutSec: 5, links: undefined };
  const absent = tree({
    path: ['/none'],
    directories: [
      { name: 'routble.d', ...limits },
      { name: 'routable.d', ...limits },
    ],
  });
  const directories = {
    [root]: [],
    '/etc/nd': [],
    '/etc/nd/routable.d': ['10-a', '20-b'],
    '/usr/nd/routable.d': ['20-b'],
  };
  const findings$ = scriptDirectories(fakeFiles({ directories }))({
    options: { config: `${root}/network-broker.toml`, scriptDirectory: root, system: {} },
    config: config({ trees: [nd, absent] }),
    faults: [],
  });
  expect(
    (await lastValueFrom(findings$.pipe(toArray()), { defaultValue: [] })).map(
      ({ severity, message }) => `${severity} ${message}`,
    ),
  ).toEqual([
    `ok ${root}: 0 scripts in 0 directories`,
    'ok /etc/nd (networkd-dispatcher, as root): 2 scripts in 2 directories',
    'warn [Tree."routble.d"]: no event runs the scripts of such a directory (network-broker); did you mean routable.d?',
    'warn /none (network-broker) does not exist: no scripts will run',
  ]);
});
