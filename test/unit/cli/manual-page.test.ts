import { expect, test } from '@jest/globals';
import { manual } from '../../../src/cli/manual-page.js';
import { commands, options } from '../../../src/cli/usage.js';
import { standardDirectories } from '../../../src/model/script-directories.js';
import { leaseVariableTexts } from '../../../src/world/leases/variables.js';
import { roff } from '../../../src/config/roff.js';

const page = manual('1.2.3');

test('every command and every option is described', () => {
  for (const name of Object.keys(commands)) expect(page).toContain(`.TP\n\\fB${roff(name)}\\fR`);
  for (const name of Object.keys(options)) expect(page).toContain(`\\fB\\-\\-${roff(name)}\\fR`);
});

test('every directory that packages create is described', () => {
  for (const name of standardDirectories) expect(page).toContain(roff(name));
});

test('every variable that scripts get of a lease is described, and what DHCP_LEASE is', () => {
  for (const name of ['DHCP_LEASE', 'OLD_DHCP_LEASE', ...Object.keys(leaseVariableTexts)])
    expect(page).toContain(roff(name));
});

test('the schema of JSON is named where it is installed', () => {
  expect(page).toContain(roff('/usr/share/network-broker/link.schema.json'));
});

test('a command that takes either this or that is described with both', () => {
  expect(page).toContain('.TP\n\\fBexplain\\fR \\fILINK\\fR \\fISTATE\\fR\n');
  expect(page).toContain('.TP\n\\fBexplain\\fR \\fICODE\\fR\n');
});
