import { afterEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { tap } from 'rxjs';
import { type ServiceManager, serviceManager } from '../../../src/system/service-manager.js';

// Node has no such sockets: Perl, which every Debian has, prints each datagram as one line of JSON-like text.
const receiver = `use Socket; socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die $!; bind($s, sockaddr_un("\\0$ARGV[0]")) or die $!;
$| = 1; print "bound\\n"; while (1) { recv($s, my $text, 65536, 0); $text =~ s/\\n/|/g; print "$text\\n"; }`;
let nth = 0;
let stops: (() => void)[] = [];
afterEach(() => {
  stops.forEach(stop => stop());
  stops = [];
});

const listening = async (env: NodeJS.ProcessEnv = {}) => {
  const name = `service-manager-test-${process.pid}-${nth++}`;
  const perl = spawn('perl', ['-e', receiver, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  stops.push(() => perl.kill());
  await once(perl.stdout, 'data');
  let text = '';
  perl.stdout.on('data', chunk => (text += String(chunk)));
  const warnings: string[] = [];
  const warn = (message: string): void => {
    warnings.push(message);
  };
  const manager = serviceManager(warn, { NOTIFY_SOCKET: `@${name}`, ...env });
  const told = async (count: number): Promise<readonly string[]> => {
    const end = Date.now() + 20_000;
    while (text.split('\n').length <= count) {
      if (Date.now() > end) throw new Error(`expected ${count} datagrams within 20 s, found: ${text}`);
      await wait(5);
    }
    return text.trim().split('\n');
  };
  return { manager, told, warnings };
};

test('tells the service manager what the daemon does', async () => {
  const { manager, told, warnings } = await listening();
  manager.ready();
  manager.status('watching 2 links');
  manager.reloading();
  manager.stopping();
  expect(await told(4)).toEqual([
    'READY=1',
    'STATUS=watching 2 links',
    expect.stringMatching(/^RELOADING=1\|MONOTONIC_USEC=\d+$/),
    expect.stringMatching(/^STOPPING=1\|STATUS=/),
  ]);
  expect(warnings).toEqual([]);
});

test('feeds the watchdog from the event loop until it is unsubscribed', async () => {
  const { manager, told } = await listening({ WATCHDOG_USEC: '20000', WATCHDOG_PID: String(process.pid) });
  const feeding = manager.watchdog$.subscribe();
  expect(await told(3)).toEqual(expect.arrayContaining(['WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1']));
  feeding.unsubscribe();
});

const completes = (manager: ServiceManager): boolean => {
  let completed = false;
  const feeding = manager.watchdog$.pipe(tap({ complete: () => (completed = true) })).subscribe();
  feeding.unsubscribe();
  return completed;
};

test('feeds no watchdog that is not there, or another process’s', () => {
  const manager = (env: NodeJS.ProcessEnv) => serviceManager(() => undefined, env);
  expect(completes(manager({ NOTIFY_SOCKET: '@x' }))).toBe(true);
  expect(completes(manager({ WATCHDOG_USEC: '1000' }))).toBe(true);
  expect(completes(manager({ NOTIFY_SOCKET: '@x', WATCHDOG_USEC: '1000', WATCHDOG_PID: '1' }))).toBe(true);
  expect(completes(manager({ NOTIFY_SOCKET: '@x', WATCHDOG_USEC: 'soon' }))).toBe(true);
});

test('without a service manager nobody is told, and nothing is wrong', () => {
  const warnings: string[] = [];
  const manager = serviceManager(message => warnings.push(message), {});
  manager.ready();
  expect(warnings).toEqual([]);
});

test('a service manager that cannot be reached is warned of once', () => {
  const warnings: string[] = [];
  const manager = serviceManager(message => warnings.push(message), { NOTIFY_SOCKET: '/nowhere/at/all' });
  manager.ready();
  manager.status('x');
  expect(warnings).toEqual([expect.stringContaining('/nowhere/at/all, found ENOENT')]);
});
