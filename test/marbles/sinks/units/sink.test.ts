import { describe, expect, test } from '@jest/globals';
import { asyncScheduler, NEVER, of, tap } from 'rxjs';
import type { Fault } from '../../../../src/model/fault.js';
import type { TargetState } from '../../../../src/model/outcome.js';
import type { States } from '../../../../src/model/states.js';
import type { Step, World } from '../../../../src/model/world.js';
import { unitsSink } from '../../../../src/sinks/units/sink.js';
import { fakeBus, fakeConnection } from '../../../../src/fakes/fake-bus.js';
import { fakeFiles } from '../../../../src/fakes/fake-files.js';
import type { Rtnetlink } from '../../../../src/system/rtnetlink.js';
import { config, link, world } from '../../../../src/testing/builders.js';
import { marbles } from '../../../../src/testing/marbles.js';
import { fakeLinkFiles } from '../../../support/fake-link-files.js';
import { kernelLink, serving } from '../link-json/surroundings.js';

const eth0 = link(2, 'eth0');
const carrier: States = { OperationalState: 'carrier', CarrierState: 'carrier' };
const routable: States = { OperationalState: 'routable', CarrierState: 'carrier' };
const on = config({ units: { links: ['eth*'] } });
const inWorld = (states: States, settings = on): World =>
  world([eth0], settings, { networkd: { states: new Map([[2, states]]) }, progress: { sources: serving } });

const rtnetlink: Rtnetlink = {
  connect: () => NEVER,
  links: () => NEVER,
  rules: () => NEVER,
  apply: () => NEVER,
  link: () => of(kernelLink),
  addresses: () => of([]),
  routes: () => of([]),
};
const OWNER_GONE = 'org.freedesktop.DBus.Error.NameHasNoOwner';

interface Systemd {
  /** targets that are active at first */
  readonly up?: readonly string[];
  readonly state?: string;
  readonly isAbsent?: boolean;
  /** somebody stops at once what is started */
  readonly forgets?: boolean;
  /** the error of a call */
  readonly refuses?: (unit: string, now: number) => string | undefined;
  /** the .network file of eth0, by the time */
  readonly networkFile?: (now: number) => string;
}

/** What happens to units and files as worlds come by, with the time of each call. */
const play = (diagram: string, worlds: Record<string, World>, systemd: Systemd = {}) => {
  const log: string[] = [];
  const faults: Fault[] = [];
  const up = new Set(systemd.up?.map(name => `${name}.target`));
  let asked = 0;
  const answer = ({ member, body = [] }: { readonly member: string; readonly body?: readonly unknown[] }) => {
    asked += 1;
    const unit = String(body[0]);
    switch (member) {
      case 'GetNameOwner':
        return systemd.isAbsent === true ? { errorName: OWNER_GONE } : [':1.1'];
      case 'Get':
        return [systemd.state ?? 'running'];
      case 'ListUnitsByPatterns':
        return [[...up].map(name => [name, '', 'loaded', 'active', 'active', '', '/', 0, '', '/'])];
      case 'StartUnit':
      case 'StopUnit': {
        const errorName = systemd.refuses?.(unit, asyncScheduler.now());
        log.push(`${asyncScheduler.now()} ${member} ${unit}${errorName === undefined ? '' : ' refused'}`);
        if (errorName !== undefined) return { errorName };
        if (member === 'StartUnit' && systemd.forgets !== true) up.add(unit);
        else up.delete(unit);
        return ['/job/1'];
      }
      default:
        return ['{}'];
    }
  };
  const targets: string[] = [];
  const shown = ({ unit, wanted, active, why }: TargetState): string =>
    `${unit.replace('@eth0.target', '')} ${wanted ? 'wanted' : 'unwanted'} ${active ? 'active' : 'inactive'} ${why}`.trim();
  marbles(({ hot, expectObservable }) => {
    const bus = fakeBus(of(fakeConnection(hot('-'), answer)));
    const file = (): string => systemd.networkFile?.(asyncScheduler.now()) ?? '';
    const files = fakeFiles(() => ({ texts: { '/run/systemd/netif/links/2': `NETWORK_FILE=${file()}\n` } }));
    const sink = unitsSink({ bus, rtnetlink, files, linkFiles: fakeLinkFiles(log) });
    const flow = { step$: hot<Step>('-'), world$: hot(diagram, worlds) };
    expectObservable(
      sink
        .consume(flow, fault => faults.push(fault))
        .pipe(tap(outcome => outcome.kind === 'target' && targets.push(`${asyncScheduler.now()} ${shown(outcome)}`))),
      '20s !',
    );
  })();
  return { log, said: faults.map(({ code }) => code), asked, faults, targets };
};

describe('unitsSink', () => {
  test('describes a link, then starts its targets; stops them when the state goes', () => {
    expect(play('a 99ms b 99ms c', { a: inWorld(carrier), b: inWorld(routable), c: inWorld({}) }).log).toEqual([
      'write eth0.json',
      'write eth0.env',
      '0 StartUnit link-carrier@eth0.target',
      'rewrite eth0.json',
      'rewrite eth0.env',
      '100 StartUnit link-routable@eth0.target',
      '200 StopUnit link-carrier@eth0.target',
      'rewrite eth0.json',
      'rewrite eth0.env',
    ]);
  });

  test('asks nobody anything while no link is chosen, and stops what it has started when none is any more', () => {
    const off = inWorld(routable, config());
    expect(play('a 99ms a', { a: off })).toMatchObject({ log: [], asked: 0 });
    expect(play('a 99ms b', { a: inWorld(carrier), b: off }).log.slice(3)).toEqual([
      '100 StopUnit link-carrier@eth0.target',
      'remove eth0.json',
      'remove eth0.env',
    ]);
  });

  test('waits until systemd-networkd has said how its links are', () => {
    const early: World = { ...inWorld({}), progress: { ...inWorld({}).progress, sources: new Map() } };
    const { log } = play('a 99ms b', { a: early, b: inWorld(routable) }, { up: ['link-routable@eth0'] });
    expect(log).toEqual(['write eth0.json', 'write eth0.env']);
  });

  test('without systemd on the bus it is off, and says so once', () => {
    expect(play('a 99ms b', { a: inWorld(carrier), b: inWorld(routable) }, { isAbsent: true })).toMatchObject({
      log: [],
      said: ['units-off'],
    });
  });

  test('does nothing while the system goes down', () => {
    expect(play('a', { a: inWorld(carrier) }, { state: 'stopping' })).toMatchObject({ log: [], said: [] });
  });

  test('what is refused is told once and not tried again; who has masked a unit is not told', () => {
    const denied = () => 'org.freedesktop.DBus.Error.AccessDenied';
    const { log, said, faults } = play('a', { a: inWorld(carrier) }, { refuses: denied });
    expect(log.filter(one => one.includes('StartUnit'))).toEqual(['0 StartUnit link-carrier@eth0.target refused']);
    expect([said, faults[0]?.message]).toEqual([['unit-refused'], expect.stringContaining('polkit rules')]);
    expect(play('a', { a: inWorld(carrier) }, { refuses: () => 'org.freedesktop.systemd1.UnitMasked' }).said).toEqual(
      [],
    );
  });

  test('what may pass is tried again', () => {
    const refuses = (_: string, now: number) => (now < 1500 ? 'org.freedesktop.DBus.Error.NoReply' : undefined);
    const { log } = play('a', { a: inWorld(carrier) }, { refuses });
    expect(log.filter(one => one.includes('StartUnit')).map(one => one.split(' ', 1)[0])).toEqual([
      '0',
      '1000',
      '2000',
    ]);
  });

  test('tells how each target is, when that is otherwise than before', () => {
    expect(
      play('a 99ms b 99ms c 99ms d', {
        a: inWorld(carrier),
        b: inWorld(routable),
        c: inWorld({}),
        d: world([], on, { progress: { sources: serving } }),
      }).targets,
    ).toEqual([
      '0 link-carrier wanted active',
      '100 link-degraded wanted active',
      '100 link-routable wanted active',
      '200 link-carrier unwanted inactive',
      '200 link-degraded unwanted inactive',
      '200 link-routable unwanted inactive',
    ]);
  });

  test('tells why a target is not as it is to be, as long as it is not', () => {
    const refuses = () => 'org.freedesktop.DBus.Error.AccessDenied';
    const again = {
      ...inWorld(carrier),
      kernel: { ...inWorld(carrier).kernel, links: new Map([[2, { ...eth0, flags: 1 }]]) },
    };
    const { targets } = play('a 99ms b 99ms c', { a: inWorld(carrier), b: again, c: inWorld({}) }, { refuses });
    expect(targets).toEqual([
      expect.stringMatching(/^0 link-carrier wanted inactive .*polkit rules/),
      '200 link-carrier unwanted inactive',
    ]);
    const left = play('a 99ms b', { a: inWorld(carrier), b: again }, { forgets: true });
    expect(left.targets).toEqual([
      '0 link-carrier wanted active',
      '100 link-carrier wanted inactive somebody has stopped it',
    ]);
  });

  test('what was refused and is not wanted any more is not told of as missing: neither of a profile, nor of a link that went', () => {
    const refuses = () => 'org.freedesktop.DBus.Error.AccessDenied';
    const networkFile = (now: number): string => `/etc/systemd/network/${now < 100 ? 'home' : 'work'}.network`;
    const managed: States = { ...carrier, AdministrativeState: 'configured' };
    const worlds = {
      a: inWorld(managed),
      b: inWorld({ ...managed, AdministrativeState: 'configuring' }),
      c: world([], on, { progress: { sources: serving } }),
    };
    const { targets } = play('a 99ms b 99ms c', worlds, { refuses, networkFile });
    const unwanted = targets.filter(one => one.endsWith('unwanted inactive'));
    expect(unwanted.map(one => one.split(' ', 2).join(' '))).toEqual([
      '100 link-configured',
      '100 network-profile@home.target',
      '200 link-carrier',
      '200 network-profile@work.target',
    ]);
  });

  test('with DebounceSec a state that does not last starts nothing', () => {
    const slow = config({ units: { links: ['eth*'] }, events: { debounceSec: 0.01 } });
    const worlds = {
      a: inWorld({}, slow),
      b: inWorld(carrier, slow),
      c: inWorld({}, slow),
      d: inWorld(routable, slow),
    };
    const { log } = play('a---b---c--- 30ms d', worlds);
    expect(log.filter(one => one.includes('Unit'))).toEqual(['57 StartUnit link-routable@eth0.target']);
  });
});
