import { describe, expect, test } from '@jest/globals';
import { lastValueFrom, NEVER, of, throwError, toArray } from 'rxjs';
import { actionsOf, polkit } from '../../../../src/commands/checks/polkit-actions.js';
import type { Config } from '../../../../src/model/config.js';
import { type BusConnection, BusError, type Call } from '../../../../src/system/bus/bus.js';
import type { Files, Listing } from '../../../../src/system/files/files.js';
import { config } from '../../../../src/testing/builders.js';
import { fakeFiles } from '../../../../src/fakes/fake-files.js';

const all = config({ network: { useDns: true, useDomain: true, useHostname: true } });
const resolve1 = 'org.freedesktop.resolve1';
const hostname = 'org.freedesktop.hostname1.set-hostname';

interface Words {
  readonly running?: boolean;
  readonly activatable?: readonly string[];
  readonly may?: (action: string) => boolean | undefined;
  readonly files?: Files;
}

const said = async (
  settings: Config,
  { running = true, activatable = [], may = () => true, files = fakeFiles({}) }: Words = {},
) => {
  const calls: string[] = [];
  const call = (request: Call) => {
    calls.push(`${request.destination} ${request.member} ${String(request.autoStart)}`);
    if (request.member === 'NameHasOwner') return of([running]);
    if (request.member === 'ListActivatableNames') return of([activatable]);
    const allowed = may(String(request.body?.[1]));
    return allowed === undefined
      ? throwError(
          () => new BusError('call-failed', 'Action is not registered', 'org.freedesktop.PolicyKit1.Error.Failed'),
        )
      : of([[allowed, !allowed, {}]]);
  };
  const connection: BusConnection = { signal$: NEVER, match: () => NEVER, call };
  const circumstances = { options: { config: '', scriptDirectory: '', system: {} }, config: settings, faults: [] };
  const check = polkit(() => ({ connection$: of(connection) }), files, 996);
  const findings = await lastValueFrom(check(circumstances).pipe(toArray()), { defaultValue: [] });
  return { calls, findings: findings.map(({ severity, message }) => `${severity} ${message}`) };
};

test('the actions are those of the calls that the settings need', () => {
  expect(actionsOf(config())).toEqual([]);
  expect(actionsOf(all)).toEqual([`${resolve1}.set-dns-servers`, `${resolve1}.set-domains`, hostname]);
  expect(actionsOf(config({ network: { useDomain: true, dnsVia: 'networkd' } }))).toEqual([
    'org.freedesktop.network1.set-domains',
    'org.freedesktop.network1.revert-dns',
  ]);
});

describe('polkit', () => {
  test('is not asked where nothing needs it', async () => {
    expect(await said(config())).toEqual({
      calls: [],
      findings: ['ok skipped: UseDNS, UseDomain and UseHostname are off'],
    });
  });

  test('is asked, and not started for it', async () => {
    const { calls, findings } = await said(all);
    expect(findings).toEqual([`ok user 996 may do ${resolve1}.set-dns-servers, ${resolve1}.set-domains, ${hostname}`]);
    expect(calls[0]).toBe('org.freedesktop.DBus NameHasOwner undefined');
    expect(calls.slice(1)).toEqual(Array(3).fill('org.freedesktop.PolicyKit1 CheckAuthorization undefined'));
  });

  test('that refuses is a warning that names what it refuses, and the rules of the package', async () => {
    const { findings } = await said(all, { may: action => action === hostname });
    expect(findings).toEqual([
      expect.stringMatching(
        /^warn polkit does not allow user 996 .*set-dns-servers, \S+set-domains; install network-broker\.rules/,
      ),
    ]);
  });

  test('that does not know an action: the service is not there', async () => {
    const { findings } = await said(all, { may: action => (action === hostname ? undefined : true) });
    expect(findings).toEqual([
      expect.stringMatching(/^warn polkit does not know the actions \S+set-hostname: .*installed/),
    ]);
  });

  test('that is not there at all is a warning', async () => {
    expect((await said(all, { running: false })).findings).toEqual([
      expect.stringMatching(/^warn polkit is not installed/),
    ]);
  });

  test('that could be started is not; where its rules lie is told, as far as that can be seen', async () => {
    const idle = { running: false, activatable: ['org.freedesktop.PolicyKit1'] };
    const directory = '/usr/share/polkit-1/rules.d';
    const installed = fakeFiles({ directories: { [directory]: ['network-broker.rules'] } });
    expect((await said(all, { ...idle, files: installed })).findings).toEqual([
      `ok polkit is not running, so what it allows is unknown; network-broker.rules is in ${directory}`,
    ]);
    expect((await said(all, idle)).findings).toEqual([expect.stringMatching(/^warn .*is missing from \S+/)]);
    const closed: Files = {
      ...fakeFiles({}),
      list: directories =>
        of(
          directories.map((each): Listing => ({
            directory: each,
            way: { places: [], end: undefined, error: 'EACCES' },
            entries: [],
          })),
        ),
    };
    const { findings } = await said(all, { ...idle, files: closed });
    expect(findings).toEqual([expect.stringMatching(/^warn .*may be in .*which this user cannot read$/)]);
  });
});
