import { afterEach, expect, test } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { ask } from '../../../src/system/sockets/control-socket.js';
import { configureBroker, startBroker } from '../lab/daemons/broker.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';

let lab: Lab;
afterEach(() => lab.close());

/** Milliseconds in which root must be answered. */
const ANSWER_LIMIT_MS = 1000;

/** So many connections at a time that say a byte a second and take nothing, and as many that only connect; whatever is closed is opened again. */
const crowd = `
use Socket; $| = 1; $SIG{PIPE} = 'IGNORE';
my ($path, $many) = @ARGV; my @open; my $turn = 0;
while (1) {
  for my $n (0 .. 2 * $many - 1) {
    my $s = $open[$n];
    if ($s && $n < $many) { defined(syswrite($s, "x")) or undef $open[$n]; }
    next if $open[$n];
    socket(my $new, AF_UNIX, SOCK_STREAM, 0) or next;
    connect($new, sockaddr_un($path)) and $open[$n] = $new;
  }
  print "turn\\n" if $turn++ < 3;
  sleep 1;
}`;

/** Connects and goes, as fast as it can: those who wait to be let in are as many as the kernel lets wait. */
const flood = `
use Socket; $| = 1; $SIG{PIPE} = 'IGNORE'; my $turn = 0;
while (1) {
  socket(my $s, AF_UNIX, SOCK_STREAM, 0) or next;
  connect($s, sockaddr_un($ARGV[0])); close $s;
  print "turn\\n" if $turn++ == 5000;
}`;

describeLive('the control socket', () => {
  test('root is answered within a second while nobody connects as fast as it can', async () => {
    lab = await openLab();
    await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\n');
    const broker = await startBroker(lab);
    const path = '/run/network-broker/control.sock';
    const strangers = await Promise.all(
      [1, 2].map(() => lab.start('flood', ['perl', '-e', flood, path], { as: 'nobody' })),
    );
    await lab.until('all to connect', () => strangers.every(({ lines }) => lines.length > 0));
    for (let n = 0; n < 20; n++) {
      const began = performance.now();
      const answer = await lastValueFrom(ask(lab.path(path)), { defaultValue: '' });
      expect(JSON.parse(answer)).toMatchObject({ pid: broker.pid });
      expect(performance.now() - began).toBeLessThan(ANSWER_LIMIT_MS);
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  });

  test('root is answered within a second while nobody holds all the connections it can get', async () => {
    lab = await openLab();
    await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\n');
    const broker = await startBroker(lab);
    const path = '/run/network-broker/control.sock';
    const stranger = await lab.start('crowd', ['perl', '-e', crowd, path, '64'], { as: 'nobody' });
    await lab.until('it to go round twice', () => Promise.resolve(stranger.lines.length > 1));
    for (let n = 0; n < 20; n++) {
      const began = performance.now();
      const answer = await lastValueFrom(ask(lab.path(path)), { defaultValue: '' });
      expect(JSON.parse(answer)).toMatchObject({ pid: broker.pid });
      expect(performance.now() - began).toBeLessThan(ANSWER_LIMIT_MS);
      await new Promise(resolve => setTimeout(resolve, 250));
    }
  });

  test('nobody is let go in good time, whether it says something or takes nothing', async () => {
    lab = await openLab();
    await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\n');
    const broker = await startBroker(lab);
    const descriptors = async (): Promise<number> => Number(await lab.sh(`ls /proc/${broker.pid}/fd | wc -l`));
    const before = await descriptors();
    const held = `use Socket; $| = 1; $SIG{PIPE} = 'IGNORE'; my @open;
      for (1 .. 300) { socket(my $s, AF_UNIX, SOCK_STREAM, 0); connect($s, sockaddr_un($ARGV[0])); syswrite($s, "x"); push @open, $s; }
      print "open\\n"; sleep 600;`;
    const stranger = await lab.start('held', ['perl', '-e', held, '/run/network-broker/control.sock'], {
      as: 'nobody',
    });
    await lab.until('it to be connected', () => Promise.resolve(stranger.lines.length > 0));
    await lab.until('its connections to be closed', async () => (await descriptors()) <= before, 5);
    expect(stranger.running()).toBe(true);
  });
});
