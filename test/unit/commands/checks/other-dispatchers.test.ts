import { expect, test } from '@jest/globals';
import { concat, lastValueFrom, NEVER, of, throwError, toArray } from 'rxjs';
import { otherDispatchers } from '../../../../src/commands/checks/other-dispatchers.js';
import type { Tree } from '../../../../src/model/config.js';
import { type Answer, fakeBus, fakeConnection } from '../../../../src/fakes/fake-bus.js';
import { fakeFiles } from '../../../../src/fakes/fake-files.js';
import type { Bus } from '../../../../src/system/bus/bus.js';
import { config, tree } from '../../../../src/testing/builders.js';

const nm = '/etc/NetworkManager/dispatcher.d';
const noBus = fakeBus(throwError(() => new Error('no bus')));

/** A bus where these units are active and, if asked whether NetworkManager is there, the answer is this. */
const busWith = (units: readonly string[], isOwned = false): Bus => {
  const answer: Answer = ({ member }) =>
    member === 'ListUnitsByPatterns'
      ? [units.map(name => [name, '', 'loaded', 'active', 'running', '', '/', 0, '', '/'])]
      : [isOwned];
  return fakeBus(concat(of(fakeConnection(NEVER, answer)), NEVER));
};

const check = async (bus: Bus, styles: readonly Tree['style'][], early: readonly string[] = []) => {
  const files = fakeFiles({ directories: { [nm]: ['10-a'], [`${nm}/pre-up.d`]: early } });
  const options = { config: '/etc/nb/nb.toml', scriptDirectory: '/etc/nb', system: {} };
  const trees = styles.map(style => tree({ style }));
  const findings$ = otherDispatchers(() => bus, files)({ options, config: config({ trees }), faults: [] });
  const findings = await lastValueFrom(findings$.pipe(toArray()), { defaultValue: [] });
  return findings.map(({ severity, message }) => `${severity} ${message}`);
};

test('a program that runs beside a tree of its style would run everything twice', async () => {
  expect(
    await check(busWith(['networkd-dispatcher.service'], true), ['NetworkManager', 'networkd-dispatcher']),
  ).toEqual([
    'warn NetworkManager itself runs the scripts of /etc/NetworkManager/dispatcher.d, /usr/lib/NetworkManager/dispatcher.d: with this table [[Tree]] each runs twice; systemctl disable --now NetworkManager, or remove the table',
    'warn networkd-dispatcher itself runs the scripts of /etc/networkd-dispatcher, /usr/lib/networkd-dispatcher: with this table [[Tree]] each runs twice; systemctl disable --now networkd-dispatcher, or remove the table',
  ]);
  expect(await check(busWith(['networkd-dispatcher.service']), ['NetworkManager'])).toEqual([
    'ok no other program runs the scripts of these trees',
  ]);
});

test('scripts that are to run before a link is up or down are named', async () => {
  expect(await check(noBus, ['NetworkManager'], ['10-early'])).toEqual([
    `warn ${nm}/pre-up.d: its scripts do not run: a link cannot be held back until they have`,
  ]);
});

test('where there is no such tree nobody is asked', async () => {
  expect(await check(noBus, [])).toEqual(['ok skipped: no table [[Tree]] is of the style of another program']);
});
