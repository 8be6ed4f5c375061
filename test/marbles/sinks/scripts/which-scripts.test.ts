import { describe, expect, test } from '@jest/globals';
import { asyncScheduler, concat, EMPTY, finalize, NEVER, type Observable, of, throwError } from 'rxjs';
import { type ScriptsOptions } from '../../../../src/sinks/scripts/sink.js';
import { linkState, step, inWords } from '../../../../src/testing/builders.js';
import { fakeFiles, type FakeTree, script } from '../../../../src/fakes/fake-files.js';
import { fakeProcesses } from '../../../../src/fakes/fake-processes.js';
import { carrier, eth0, oneScript, timeline, tree, twoScripts } from './timeline.js';

describe('which scripts', () => {
  test('an event without scripts is done at once: nothing of it can be in progress', () => {
    expect(timeline(tree(), {}, 'c|', { c: carrier(1) }).outcomes).toEqual(['0 done 1']);
  });

  test('a state that is on no list runs nothing and is reported', () => {
    const evil = tree({ '/s/../evil.d': ['a'] });
    const { log, said } = timeline(evil, {}, 'e|', {
      e: step(1, linkState(eth0, inWords({ OperationalState: '../evil' }))),
    });
    expect(log).toEqual([]);
    expect(said).toEqual([expect.stringMatching(/^state-unknown: OperationalState is "\.\.\/evil", expected one of/)]);
  });

  test('are looked up at each event', () => {
    const { log } = timeline(() => tree({ '/s/carrier.d': asyncScheduler.now() === 0 ? ['a'] : ['b'] }), {}, 'c---d|', {
      c: carrier(1),
      d: carrier(2),
    });
    expect(log.filter(line => line.includes('run'))).toEqual(['0 run carrier.d/a', '4 run carrier.d/b']);
  });

  test('those that do not run are reported at the start, once, and again when they were right in between', () => {
    const mode = (): number => (asyncScheduler.now() === 4 ? 0o755 : 0o644);
    const files = () => tree({ '/s/carrier.d': [script('/s/carrier.d/a', { mode: mode() })] });
    const message = 'script-skipped: script /s/carrier.d/a is skipped: it is not executable: chmod +x it';
    expect(timeline(files, {}, '|', {}).said).toEqual([message]);
    const steps = { c: carrier(1), d: carrier(2), e: carrier(3), f: carrier(4) };
    expect(timeline(files, {}, 'c-d-e---f|', steps).said).toEqual([message, message]);
  });

  test('directories that are missing and cannot be made are named in one warning', () => {
    const files = { directories: { '/s/carrier.d': [], '/s/routable.d': [] } };
    expect(timeline(files, {}, '|', {}).said).toEqual([
      'directory-missing: /s lacks addresses.d, configured.d, degraded.d, leases.d, links.d, manager.d, no-carrier.d, ' +
        'resume.d, routes.d, rules.d, suspend.d: create them, owned by root and with mode 0755, to run scripts from them',
    ]);
  });
});

describe('what they are given', () => {
  const given = (more: Partial<ScriptsOptions> = {}, texts: FakeTree['texts'] = {}) => {
    const files = tree({ '/s/carrier.d': ['a'] }, texts);
    const { environments, said, outcomes } = timeline(files, {}, 'c|', { c: carrier(1) }, more);
    const { PATH, ...environment } = environments.get('/s/carrier.d/a') ?? {};
    expect(PATH).toMatch(/^\/usr/);
    return { environment, said, outcomes };
  };
  const base = {
    EVENT: 'link-state',
    EVENT_ID: '1',
    LINK: 'eth0',
    LINKINDEX: '2',
    CarrierState: 'carrier',
    CHANGED: 'CarrierState',
    STATE: 'carrier',
  };

  test('the lease of the link, if networkd has one', () => {
    expect(given().environment).toEqual(base);
    const texts = { '/run/systemd/netif/leases/2': '# private\nADDRESS=192.0.2.5\nLIFETIME=2min\n' };
    expect(given({}, texts).environment).toEqual({
      ...base,
      DHCP_LEASE: 'ADDRESS=192.0.2.5 LIFETIME=2min',
      DHCP_ADDRESS: '192.0.2.5',
      DHCP_LIFETIME: '120',
    });
  });

  test('what enrichment adds, which stays subscribed for as long as the scripts run', () => {
    const seen: string[] = [];
    const enrich = (): Observable<{ readonly JSON: string }> =>
      concat(of({ JSON: '{}' }), NEVER).pipe(finalize(() => seen.push(`${asyncScheduler.now()} removed`)));
    const { environment, outcomes } = given({ enrich });
    expect(environment).toEqual({ ...base, JSON: '{}' });
    expect(outcomes).toEqual(['0 began 1', '1 1 carrier.d/a 0', '1 done 1']);
    expect(seen).toEqual(['1 removed']);
  });

  test('nothing more if enrichment has nothing to add', () => {
    expect(given({ enrich: () => EMPTY }).environment).toEqual(base);
  });

  test.each([
    ['fails', () => throwError(() => new Error('no'))],
    [
      'throws',
      (): never => {
        throw new Error('no');
      },
    ],
  ])('nothing more if enrichment %s, which is reported', (_, enrich) => {
    const { environment, said, outcomes } = given({ enrich });
    expect(environment).toEqual(base);
    expect(said).toEqual(['scripts-failed: event 1: its scripts run without the additional variables: no']);
    expect(outcomes.at(-1)).toBe('1 done 1');
  });
});

describe('a defect', () => {
  const broken = (): never => {
    throw new Error('broken');
  };

  test('in looking for scripts costs that event its scripts, and no other', () => {
    const working = fakeFiles(oneScript);
    let calls = 0;
    const list: typeof working.list = paths => ((calls += 1) <= 2 ? broken() : working.list(paths));
    const { outcomes, said } = timeline(
      oneScript,
      {},
      'c-d|',
      { c: carrier(1), d: carrier(2) },
      { files: { ...working, list } },
    );
    expect(outcomes).toEqual(['0 done 1', '2 began 2', '3 2 carrier.d/10-a 0', '3 done 2']);
    expect(said).toEqual([
      'scripts-failed: the script directories were not read: broken',
      'scripts-failed: event 1: its scripts do not run: broken',
    ]);
  });

  test.each([
    ['throws', broken],
    ['fails', () => throwError(() => new Error('broken'))],
  ])('in a process that %s is how that script ended', (_, run) => {
    const working = fakeProcesses();
    const processes = {
      ...working,
      run: (spec: { path: string; env: Record<string, string> }) =>
        spec.path.endsWith('10-a') ? run() : working.run(spec),
    };
    expect(timeline(twoScripts, {}, 'c|', { c: carrier(1) }, { processes }).outcomes).toEqual([
      '0 began 1',
      '0 1 carrier.d/10-a broken',
      '1 1 carrier.d/20-b 0',
      '1 done 1',
    ]);
  });
});
