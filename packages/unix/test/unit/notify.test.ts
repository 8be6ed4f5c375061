import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notify } from '../../src/index.js';
import { codeOf } from './code-of.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'notify-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Node has no such sockets: one datagram is received by Perl, which every Debian has. */
const receiver = `use Socket; my $a = $ARGV[0]; $a =~ s/^@/\\0/;
socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die $!; bind($s, sockaddr_un($a)) or die $!;
$| = 1; print "bound\\n"; recv($s, my $text, 65536, 0); print $text;`;

const received = async (address: string, send: () => void): Promise<string> => {
  const perl = spawn('perl', ['-e', receiver, address], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(perl, 'close');
  let text = '';
  await once(perl.stdout, 'data');
  perl.stdout.on('data', chunk => (text += String(chunk)));
  send();
  await ended;
  return text;
};

describe('notify', () => {
  test('sends all assignments in one datagram, to a path', async () => {
    const address = join(directory, 'socket');
    expect(await received(address, () => notify(address, { READY: '1', STATUS: 'größer' }))).toBe(
      'READY=1\nSTATUS=größer',
    );
  });

  test('sends to an abstract socket', async () => {
    const address = `@notify-test-${process.pid}`;
    expect(await received(address, () => notify(address, { WATCHDOG: '1' }))).toBe('WATCHDOG=1');
  });

  test('a value cannot make another assignment', async () => {
    const address = join(directory, 'socket');
    expect(await received(address, () => notify(address, { STATUS: 'a\nMAINPID=1\r\n\0b' }))).toBe(
      'STATUS=a MAINPID=1 b',
    );
  });

  test('says by errno why nobody was told', () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    expect(codeOf(() => notify(join(directory, 'nothing'), {}))).toBe('ENOENT');
    expect(codeOf(() => notify(file, {}))).toBe('ECONNREFUSED');
    expect(codeOf(() => notify('', {}))).toBe('EMSGSIZE');
    expect(codeOf(() => notify(`/${'x'.repeat(108)}`, {}))).toBe('EMSGSIZE');
    expect(codeOf(() => notify(file, { STATUS: 'x'.repeat(5000) }))).toBe('EMSGSIZE');
  });

  test('leaves no descriptor open', () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    for (let n = 0; n < 3000; n += 1) expect(codeOf(() => notify(file, {}))).toBe('ECONNREFUSED');
  });
});
