import { expect, test } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { allowedJobs } from '../../../../src/commands/checks/allowed-jobs.js';
import { config } from '../../../../src/testing/builders.js';

const vpn = config({ starts: [{ on: ['routable'], links: undefined, unit: 'vpn.service', job: 'stop' }] });
const [yes, no] = ['(bba{ss}) true false 0', '(bba{ss}) false true 0'];

const found = async (answers: string | undefined, settings = vpn): Promise<readonly string[]> => {
  const circumstances = { options: { config: '', scriptDirectory: '', system: {} }, config: settings, faults: [] };
  const findings = await lastValueFrom(allowedJobs(() => answers, 996)(circumstances).pipe(toArray()), {
    defaultValue: [],
  });
  return findings.map(({ severity, message }) => `${severity} ${message}`);
};

test('all jobs that are allowed are named', async () => {
  expect(await found(`stop vpn.service ${yes}\nstart a.service ${yes}\n`)).toEqual([
    'ok polkit allows user 996 to stop vpn.service, start a.service',
  ]);
});

test('what is refused is named with the rule that is missing: of targets, that of the package', async () => {
  const answers = `start link-carrier@i.target ${no}\nstop vpn.service ${no}\nstart a.service ${yes}\n`;
  expect(await found(answers)).toEqual([
    'warn polkit does not allow user 996 to start link-carrier@i.target; install network-broker.rules of the package',
    'warn polkit does not allow user 996 to stop vpn.service; install the rule that `network-broker polkit` prints',
  ]);
});

test.each([
  ['stop vpn.service Call failed: No such file or directory\n', 'Call failed: No such file or directory'],
  ['stop vpn.service \n', ''],
  ['', 'nobody has answered'],
  ['anything\n', 'nobody has answered'],
])('what is no answer, such as %j, is said, and never taken for a yes', async (answers, why) => {
  expect(await found(answers)).toEqual([`warn polkit could not be asked about units: ${why}`]);
});

test('only root is told, which is said; where no unit is started, nothing is', async () => {
  expect(await found(undefined)).toEqual([expect.stringMatching(/^ok polkit tells only root .*: run check as root$/)]);
  expect(await found(undefined, config())).toEqual([]);
});
