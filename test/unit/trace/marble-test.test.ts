import { describe, expect, test } from '@jest/globals';
import type { Input } from '../../../src/model/input.js';
import { address, config, lease, link, inWords } from '../../../src/testing/builders.js';
import { listing } from '../../../src/fakes/fake-files.js';
import { writeHeader } from '../../../src/trace/format.js';
import { encode } from '../../../src/trace/json.js';
import { marbleTest } from '../../../src/trace/marble-test.js';
import { emptyHeader } from './empty-header.js';

const header = writeHeader(emptyHeader);
const input = (at: number, what: Input): string => encode({ at, input: what });
const said = (at: number, state: string): string =>
  input(at, { kind: 'networkd-link', ifindex: 2, changed: inWords({ OperationalState: state }) });
const list = (at: number, directory: string, ...names: readonly string[]): string =>
  encode({ at, ask: `list ${directory}`, answer: [listing(directory, names)] });
/** A run of a script, and how it ended. */
const run = (at: number, id: number, path: string, ended?: Readonly<Record<string, unknown>>): readonly string[] => [
  encode({ at, ask: `run 1 ${path}`, id }),
  encode({ at, to: id, now: true, answer: { kind: 'started', pid: 7 } }),
  ...(ended === undefined ? [] : [encode({ at, to: id, answer: ended }), encode({ at, to: id, end: true })]),
];
const began = (changes: Parameters<typeof config>[0] = {}): readonly string[] => [
  header,
  input(0, { kind: 'config', config: config(changes) }),
  input(0, { kind: 'kernel-dump', links: [link(2, 'eth0')], addresses: [], afterLoss: false }),
];
const exited = { kind: 'exited', signal: null, code: 0 };

/** The table of what was told, and the time between its letters. */
const outcomes = (written: string): string => /const outcomes = \{\n([^]*?)\n\};/.exec(written)?.[1] ?? '';
const expected = (written: string): string => /const expected = '(.*)';/.exec(written)?.[1]?.trim() ?? '';

describe('the marble test of a trace', () => {
  test('expects the events, and the scripts that ran for them: how they ended, and when', () => {
    const written = marbleTest([
      ...began(),
      said(10, 'carrier'),
      list(10, '/etc/nb/carrier.d', '10-a', '20-b'),
      ...run(10, 1, '/etc/nb/carrier.d/10-a', { ...exited, duration: 30.2 }),
      ...run(41, 2, '/etc/nb/carrier.d/20-b', { ...exited, code: 3, duration: 5 }),
      said(20, 'routable'),
      list(46, '/etc/nb/routable.d', '10-r'),
      ...run(46, 3, '/etc/nb/routable.d/10-r', { kind: 'failed', error: 'ENOEXEC' }),
    ]);
    expect(outcomes(written).split('\n')).toEqual([
      '  a: ["eth0: OperationalState=carrier"],',
      '  b: ["eth0: OperationalState=routable"],',
      '  c: ["eth0 scripts: carrier.d/10-a status 0, event 1"],',
      '  d: ["eth0 scripts: carrier.d/20-b status 3, event 1", "eth0 scripts: routable.d/10-r ENOEXEC, event 2"],',
    ]);
    expect(expected(written)).toBe('11ms a 9ms b 19ms c 4ms d'); // each at the end of its millisecond
    expect(written).toContain('  "/etc/nb/carrier.d": ["10-a", "20-b"],\n  "/etc/nb/routable.d": ["10-r"],\n');
    expect(written).toContain('  "/etc/nb/carrier.d/20-b": [{ "takes": 5, "code": 3 }],\n');
  });

  test('a script runs as it did then, the first time and the second; one that ran on does', () => {
    const path = '/etc/nb/carrier.d/10-a';
    const written = marbleTest([
      ...began(),
      said(10, 'carrier'),
      list(10, '/etc/nb/carrier.d', '10-a'),
      ...run(10, 1, path, { ...exited, duration: 2 }),
      said(20, 'no-carrier'),
      said(30, 'carrier'),
      ...run(30, 2, path, { kind: 'exited', code: null, signal: 'SIGKILL', duration: 4 }),
      said(40, 'no-carrier'),
      said(50, 'carrier'),
      ...run(50, 3, path),
    ]);
    expect(outcomes(written).match(/".* scripts: .*?"/g)).toEqual([
      '"eth0 scripts: carrier.d/10-a status 0, event 1"',
      '"eth0 scripts: carrier.d/10-a SIGKILL, event 3"',
    ]);
    expect(written).toContain('[{ "takes": 2 }, { "takes": 4, "endedBy": "SIGKILL" }, { "takes": Infinity }]');
  });

  test('what would not run then does not, nor does what went', () => {
    const unsafe = listing('/etc/nb/carrier.d', ['10-a']);
    const written = marbleTest([
      ...began(),
      list(0, '/etc/nb/routable.d', '10-r'),
      list(1, '/etc/nb/routable.d'),
      encode({ at: 10, ask: 'list /etc/nb/carrier.d', id: 4 }),
      encode({
        at: 10,
        to: 4,
        answer: [
          { ...unsafe, entries: unsafe.entries.map(entry => ({ ...entry, end: { ...entry.end, mode: 0o644 } })) },
        ],
      }),
      said(10, 'carrier'),
      said(20, 'routable'),
    ]);
    expect(outcomes(written)).not.toContain('scripts');
  });

  test('expects the DNS servers and the host name of leases', () => {
    const held = lease('192.0.2.5', { dns: ['192.0.2.1'], hostname: 'alpha' });
    const written = marbleTest([
      ...began({ system: { generator: ['dhclient'] }, network: { useDns: true, useHostname: true } }),
      input(10, { kind: 'kernel', changes: [{ what: 'address', address: address(2, '192.0.2.5/24') }] }),
      input(20, { kind: 'leases', leases: [held], now: 5 }),
    ]);
    expect(outcomes(written)).toContain('DNS');
    expect(outcomes(written)).toContain('host name: alpha');
  });
});
