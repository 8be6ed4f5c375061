import { expect, test } from '@jest/globals';
import { lastValueFrom, type Observable, of, throwError, toArray } from 'rxjs';
import { kernelOptions } from '../../../../src/commands/checks/kernel-options.js';
import type { Refusal } from '../../../../src/system/rtnetlink.js';
import { config } from '../../../../src/testing/builders.js';

const options = { config: '/etc/b/broker.toml', scriptDirectory: '/etc/b', system: {} };
const said = async (refused$: Observable<readonly Refusal[]>): Promise<readonly string[]> => {
  const finding$ = kernelOptions(refused$)({ options, config: config(), faults: [] });
  return (await lastValueFrom(finding$.pipe(toArray()), { defaultValue: [] })).map(
    ({ severity, message }) => `${severity}: ${message}`,
  );
};

test('a kernel that knows all options is fine', async () => {
  expect(await said(of([]))).toEqual(['ok: filters what it lists, and explains what it refuses']);
});

test('each that it refuses is named, with what it means', async () => {
  const message = 'set NETLINK_EXT_ACK: ENOPROTOOPT (protocol not available): errors come without a sentence';
  expect(await said(of([{ code: 'ENOPROTOOPT', errno: 92, message }]))).toEqual([
    `warn: this kernel, or a sandbox, refuses to ${message}`,
  ]);
});

test('without netlink there is nothing', async () => {
  expect(await said(throwError(() => new Error('open netlink socket: EAFNOSUPPORT')))).toEqual([
    'error: it cannot be asked for links: open netlink socket: EAFNOSUPPORT',
  ]);
});
