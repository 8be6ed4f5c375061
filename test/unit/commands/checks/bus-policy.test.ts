import { expect, test } from '@jest/globals';
import { lastValueFrom, of, throwError } from 'rxjs';
import { busPolicy } from '../../../../src/commands/checks/bus-policy.js';
import { config } from '../../../../src/testing/builders.js';

const said = async (send: Parameters<typeof busPolicy>[0], settings = config()) => {
  const options = { config: '', scriptDirectory: '', system: {} };
  const finding$ = busPolicy(send, 996)({ options, config: settings, faults: [] });
  const { severity, message } = await lastValueFrom(finding$, { defaultValue: { severity: 'nothing', message: '' } });
  return `${severity} ${message}`;
};

test('a signal that the bus refuses is what is expected', async () => {
  expect(await said(() => of('refused'))).toBe('ok the bus refuses signals of strangers to user 996');
});

test('one that arrives is a warning that says what to do', async () => {
  expect(await said(() => of('arrived'))).toMatch(/^warn .*reach user 996.*ReloadConfig$/);
});

test('a bus that cannot be asked is a warning that says why', async () => {
  expect(await said(() => throwError(() => new Error('connect ENOENT')))).toBe(
    'warn this cannot be tested: connect ENOENT',
  );
});

test('nothing is sent where nobody listens to systemd-networkd', async () => {
  const never = () => throwError(() => new Error('sent'));
  expect(await said(never, config({ system: { generator: ['dhclient'] } }))).toMatch(/^ok skipped/);
});
