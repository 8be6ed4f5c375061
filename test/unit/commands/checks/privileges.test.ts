import { expect, test } from '@jest/globals';
import { privilegesIn } from '../../../../src/commands/checks/privileges.js';
import { defaults } from '../../../../src/config/schema.js';

const status = (uid: number, caps: string) => `Name:\tnode\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nCapEff:\t${caps}\n`;
const both = '0000000000201000';
const withRules = { ...defaults, network: { ...defaults.network, routingPolicyRules: ['eth1'] } };
const said = (text: string, config = defaults) => privilegesIn(text, config).map(f => `${f.severity}: ${f.message}`);

test('an ordinary user with the two capabilities is as it should be', () => {
  expect(said(status(998, both))).toEqual(['ok: user 998 with CAP_NET_ADMIN and CAP_SYS_ADMIN']);
});

test('root is told to use the launcher', () => {
  expect(said(status(0, '000001ffffffffff'))[0]).toMatch(/^warn: running as root: start bin\/network-broker/);
});

test('missing capabilities are a warning that names them', () => {
  expect(said(status(1000, '0000000000001000'))[0]).toMatch(/^warn: user 1000 without CAP_SYS_ADMIN: /);
  expect(said(status(1000, '0000000000000000'))[0]).toMatch(/^warn: user 1000 without CAP_NET_ADMIN, CAP_SYS_ADMIN: /);
});

test('without CAP_NET_ADMIN, routing policy rules keep it from working', () => {
  expect(said(status(1000, '0000000000200000'), withRules)[0]).toMatch(/^error: .*needs CAP_NET_ADMIN/);
  expect(said(status(1000, '0000000000001000'), withRules)[0]).toMatch(/^warn: /);
});

test('a status that lacks the lines is no reason to throw', () => {
  expect(said('')[0]).toMatch(/^warn: user unknown without/);
});
