import { expect, test } from '@jest/globals';
import { lastValueFrom, of, throwError, toArray } from 'rxjs';
import { startUnits } from '../../../../src/commands/checks/start-units.js';
import type { StartRule } from '../../../../src/model/config.js';
import { type Answer, fakeBus, fakeConnection } from '../../../../src/fakes/fake-bus.js';
import { config } from '../../../../src/testing/builders.js';

const start = (unit: string): StartRule => ({ on: ['routable'], links: undefined, unit, job: 'start' });
const options = {
  config: '/etc/network-broker/network-broker.toml',
  scriptDirectory: '/etc/network-broker',
  system: {},
};

/** What is found where systemd has units of these names, and which units it was asked about. */
const check = async (has: readonly string[], links: readonly string[] | undefined, ...starts: readonly StartRule[]) => {
  const asked: string[] = [];
  const answer: Answer = ({ member, path, body = [] }) => {
    if (member !== 'LoadUnit') return [has.includes(path) ? 'loaded' : 'not-found'];
    asked.push(String(body[0]));
    return [body[0]];
  };
  const found$ = startUnits(() => fakeBus(of(fakeConnection(of(), answer))))({
    options,
    config: config({ units: { links }, starts }),
    faults: [],
  });
  const findings = await lastValueFrom(found$.pipe(toArray()), { defaultValue: [] });
  return { findings: findings.map(({ severity, message }) => `${severity} ${message}`), asked };
};

test('units that systemd does not have are named, each once; of a template any instance will do', async () => {
  const starts = [start('ddns@%i.service'), start('vpn.service'), start('ddns@%i.service')];
  expect(await check(['ddns@i.service'], undefined, ...starts)).toEqual({
    findings: ['warn systemd has no unit vpn.service: install it, and systemctl daemon-reload'],
    asked: ['ddns@i.service', 'vpn.service'],
  });
});

test('where all are there, they are named', async () => {
  const { findings } = await check(['vpn.service'], undefined, start('vpn.service'));
  expect(findings).toEqual(['ok systemd has all of vpn.service']);
});

test('targets are looked for where Links= is set; where nothing is set, nobody is asked', async () => {
  expect((await check([], ['eth*'])).findings[0]).toContain(
    'no unit link-carrier@%i.target, network-profile@%i.target',
  );
  expect((await check([], undefined)).asked).toEqual([]);
});

test('a bus that is not there is a warning', async () => {
  const found$ = startUnits(() => fakeBus(throwError(() => new Error('no bus'))))({
    options,
    config: config({ units: { links: ['eth*'] } }),
    faults: [],
  });
  expect(await lastValueFrom(found$, { defaultValue: undefined })).toMatchObject({
    severity: 'warn',
    message: 'systemd could not be queried: no bus',
  });
});
