import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../../../src/model/fault.js';
import type { RouteChange } from '../../../../src/model/route/route.js';
import { withChanges } from '../../../../src/sinks/scripts/with-changes.js';
import { address, link, linkState, step } from '../../../../src/testing/builders.js';
import { fakeScriptFiles } from '../../../support/fake-script-files.js';
import { marbles } from '../../../../src/testing/marbles.js';

const changes: readonly RouteChange[] = [
  { action: 'added', route: '10.0.0.0/8 via 192.0.2.1 table main' },
  { action: 'removed', route: '10.1.0.0/16 table main' },
];
const routes = (of = changes) => step(3, { kind: 'route', ifindex: 2, name: 'eth0', changes: of });
const lines = 'added 10.0.0.0/8 via 192.0.2.1 table main\nremoved 10.1.0.0/16 table main';
const quiet = (): void => undefined;

describe('withChanges', () => {
  test(
    'a line for each change, in the variable and in a file, which is there until the scripts have ended',
    marbles(({ expectObservable, flush }) => {
      const files = fakeScriptFiles();
      const expected = { ROUTES: lines, ROUTES_FILE: '/files/routes-3' };
      expectObservable(withChanges(files)(routes(), quiet), '^--!').toBe('x', { x: expected });
      flush();
      expect(files.log).toEqual(['0 write /files/routes-3', '3 remove /files/routes-3']);
    }),
  );

  test('the file ends with a line end, as text files do', () => {
    const files = fakeScriptFiles();
    const held = withChanges(files)(routes(), quiet).subscribe({ error: quiet });
    expect(files.texts.get('/files/routes-3')).toBe(`${lines}\n`);
    held.unsubscribe();
  });

  test(
    'addresses have the same: one that came, and many whose events were joined',
    marbles(({ expectObservable, flush }) => {
      const files = fakeScriptFiles();
      const [four, six] = [address(2, '192.0.2.5/24'), address(2, '2001:db8::5/64')];
      const event = { kind: 'address', action: 'added', ifindex: 2, name: 'eth0', address: six } as const;
      const earlier = [{ action: 'added', address: four }, { action: 'removed', address: four }] as const; // prettier-ignore
      const one = { ADDRESSES: 'added 2001:db8::5/64', ADDRESSES_FILE: '/files/addresses-3' };
      expectObservable(withChanges(files)(step(3, event), quiet), '^--!').toBe('x', { x: one });
      const all = 'added 192.0.2.5/24\nremoved 192.0.2.5/24\nadded 2001:db8::5/64';
      const many = { ADDRESSES: all, ADDRESSES_FILE: '/files/addresses-4' };
      expectObservable(withChanges(files)(step(4, { ...event, earlier }), quiet)).toBe('x', { x: many });
      flush();
      expect(files.texts.get('/files/addresses-4')).toBe(`${all}\n`);
    }),
  );

  test(
    'other events have none',
    marbles(({ expectObservable }) => {
      const event = step(1, linkState(link(2, 'eth0'), { CarrierState: 'carrier' }));
      expectObservable(withChanges(fakeScriptFiles())(event, quiet)).toBe('|');
    }),
  );

  test('a file that cannot be written: the variable alone, and a fault', () => {
    const faults: Fault[] = [];
    marbles(({ expectObservable }) => {
      const result = withChanges(fakeScriptFiles('read-only'))(routes(), fault => faults.push(fault));
      expectObservable(result).toBe('(x|)', { x: { ROUTES: lines } });
    })();
    expect(faults.map(({ code }) => code)).toEqual(['script-file-unwritten']);
  });
});
