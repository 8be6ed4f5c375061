import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetworkEvent, RouteEvent } from '../../src/model/event.js';
import { routeLine } from '../../src/model/route/route-text.js';
import { routeLines } from '../../src/sinks/scripts/changes-variable.js';
import { environmentOf } from '../../src/sinks/scripts/environment.js';
import { standardDirectories } from '../../src/model/script-directories.js';
import { managerState, step } from '../../src/testing/builders.js';
import { netlinkRoute } from '../support/fake-rtnetlink.js';
import { address, lease, linkNews, linkState, routes } from '../../src/testing/events.js';

const hooks = new URL('../../examples/hooks/', import.meta.url).pathname;
/** In the daemon's own words. */
const router = (gateway: string): string => routeLine(netlinkRoute('0.0.0.0/0', 2, { gateway }));
const gateway: RouteEvent = {
  ...routes('ens33'),
  changes: [{ action: 'changed', route: router('192.0.2.2'), was: router('192.0.2.1') }],
};
const dns = { dns: ['192.0.2.53'] };

/** An event that each directory is for, what else its scripts are given, and what the example says of it. */
const cases: Readonly<Record<string, readonly [NetworkEvent, RegExp, Readonly<Record<string, string>>?]>> = {
  'addresses.d': [
    address('ens33', '192.0.2.5/24'),
    /^address-history \S+ ens33 192\.0\.2\.5\/24 added\naddress-history \S+ ens33 192\.0\.2\.6\/24 removed$/,
    { ADDRESSES: 'added 192.0.2.5/24\nremoved 192.0.2.6/24' },
  ],
  'carrier.d': [linkState('ens33', { CarrierState: 'carrier' }), /^ens33 has a carrier/],
  'configured.d': [linkState('ens33', { AdministrativeState: 'configured' }), /^ens33 cannot wake this machine$/],
  'degraded.d': [linkState('ens33', 'degraded'), /^ens33 has no address but a link-local one/],
  'leases.d': [lease('ens33', '192.0.2.5', dns), /^ens33: ipv4 lease bound: ADDRESS=192\.0\.2\.5/],
  'links.d': [linkNews('lan0', 'renamed', 'eth0'), /^link \d+ is now called lan0, before that eth0$/],
  'manager.d': [managerState({ OnlineState: 'online' }), /^this host is online$/],
  'no-carrier.d': [linkState('ens33', 'no-carrier'), /^ens33 went: chrony is offline$/],
  'resume.d': [{ kind: 'sleep', action: 'resume' }, /^after the sleep, default routes: default via 192\.0\.2\.1 ;$/],
  'routable.d': [linkState('ens33', 'routable'), /^ens33 is routable: chrony is online$/],
  'routes.d': [
    gateway,
    /^default route of ens33 changed: via 192\.0\.2\.2 table main was default via 192\.0\.2\.1 table main$/,
    { ROUTES: routeLines(gateway.changes) },
  ],
  'rules.d': [
    { kind: 'rule', changes: [{ action: 'removed', rule: 'ipv4 9999: from 192.0.2.5 lookup 7' }] },
    /^a rule went: ipv4 9999: from 192\.0\.2\.5 lookup 7$/,
    { RULES: 'removed ipv4 9999: from 192.0.2.5 lookup 7' },
  ],
  'suspend.d': [{ kind: 'sleep', action: 'suspend' }, /^before the sleep, default routes: default via 192\.0\.2\.1 ;$/],
};

describe('the example scripts', () => {
  test('there is one for each directory', () => {
    expect(readdirSync(hooks).sort()).toEqual([...standardDirectories]);
    expect(Object.keys(cases)).toEqual([...standardDirectories]);
  });

  test.each(Object.entries(cases))('the one in %s does what it says', (directory, [event, said, more = {}]) => {
    const scratch = mkdtempSync(join(tmpdir(), 'broker-hooks-'));
    const file = join(scratch, 'routes');
    // The real ones would change the host that the tests run on.
    writeFileSync(join(scratch, 'chronyc'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    writeFileSync(join(scratch, 'ip'), '#!/bin/sh\necho "default via 192.0.2.1 "\n', { mode: 0o755 });
    writeFileSync(join(scratch, 'ethtool'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    writeFileSync(file, `${more.ROUTES ?? ''}\n`);
    const { environment } = environmentOf(step(7, event), { ...more, ROUTES_FILE: file });
    const env = { ...environment, PATH: `${scratch}:${environment.PATH ?? ''}` };
    for (const name of readdirSync(join(hooks, directory))) {
      const script = join(hooks, directory, name);
      expect(statSync(script).mode & 0o111).not.toBe(0);
      const { status, stdout, stderr } = spawnSync(script, { env, cwd: '/', encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout.trim()).toMatch(said);
    }
    rmSync(scratch, { recursive: true });
  });

  test.each(['routable.d/10-chrony-online', 'no-carrier.d/10-chrony-offline'])('%s says who may do it', hook => {
    const scratch = mkdtempSync(join(tmpdir(), 'broker-hooks-'));
    writeFileSync(join(scratch, 'chronyc'), '#!/bin/sh\necho 501 Not authorised\nexit 1\n', { mode: 0o755 });
    const env = { PATH: `${scratch}:/usr/bin:/bin`, LINK: 'ens33' };
    const { status, stdout } = spawnSync(join(hooks, hook), { env, cwd: '/', encoding: 'utf8' });
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^chronyd does not take .* only from root/),
    });
    rmSync(scratch, { recursive: true });
  });
});
