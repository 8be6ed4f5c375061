import { expect, test } from '@jest/globals';
import { tooPrivileged, tooPrivilegedHere } from '../../../src/daemon/unprivileged.js';

const status = (uids: string, capabilities: Readonly<Record<string, string>> = {}): string =>
  [
    `Uid:\t${uids}`,
    ...['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map(
      name => `${name}:\t${capabilities[name] ?? '0000000000000000'}`,
    ),
  ].join('\n');
const user = status('996\t996\t996\t996');
const two = '0000000000201000';

test('a user without capabilities, and one with the two that are needed, whatever others could be had', () => {
  expect(tooPrivileged([user, user])).toBeUndefined();
  const all = { CapInh: two, CapPrm: two, CapEff: two, CapAmb: two, CapBnd: '000001ffffffffff' };
  expect(tooPrivileged([status('996\t996\t996\t996', all)])).toBeUndefined();
});

test.each(['0\t0\t0\t0', '996\t996\t0\t996', '996\t996\t996\t0'])(
  'not one thread that is root in any of its ids: %s',
  uids => {
    expect(tooPrivileged([user, status(uids), user])).toMatch(/^refuses to run as root: start bin\/network-broker/);
  },
);

test.each(['CapInh', 'CapPrm', 'CapEff', 'CapAmb'])('not one thread with more in %s', name => {
  expect(tooPrivileged([user, status('996\t996\t996\t996', { [name]: '0000000000203000' })])).toMatch(
    new RegExp(`found more capabilities \\(${name} in`),
  );
});

test('this very process is looked at', () => {
  expect(tooPrivilegedHere() === undefined).toBe(process.getuid?.() !== 0);
});
