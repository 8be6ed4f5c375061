import { afterEach, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { type Broker, configureBroker, launchBroker, startBroker, untilLogged } from '../lab/daemons/broker.js';
import { checkout } from '../lab/checkout.js';
import { type Lab, openLab, type Starts } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { sets } from '../lab/packages/packages.js';

// Who looks after the policy rules of a network namespace: nobody without privileges has a say in it.
let lab: Lab;
afterEach(() => lab.close());

const open = async (): Promise<void> => {
  lab = await openLab({ programs: sets.nft });
  await lab.sh(`
    ip link add eth0 type veth peer name peer0
    ip link set eth0 addrgenmode none up
    ip link set peer0 addrgenmode none up
    ip address add 192.0.2.5/24 dev eth0
    install -d -o network-broker /tmp/beside
  `);
  await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\n[Network]\nRoutingPolicyRules = "eth0"\n');
};
const rules = async (): Promise<number> => (await lab.sh('ip -N rule')).split('proto 217').length - 1;
const untilRules = (): Promise<unknown> => lab.until('the policy rules', async () => (await rules()) === 2);
const dropRules = (): Promise<string> =>
  lab.sh('for way in from to; do ip rule delete $way 192.0.2.5 protocol 217; done');
const kill = (broker: Broker): Promise<unknown> => broker.stop('SIGKILL');
/** Another daemon has another directory to run in. */
const beside: Starts = { env: { RUNTIME_DIRECTORY: '/tmp/beside' } };
const untilTaken = (broker: Broker): Promise<unknown> =>
  untilLogged(lab, broker, 'that another one has the rules', ({ code }) => code === 'policy-locked');

/** Takes every name that a lock might have, again and again: abstract sockets, and netlink ports of these process ids. */
const squatter = `
use Socket; my @held;
while (1) {
  for my $name ("network-broker" . "." x 93, "network-broker", "network-broker.lock", "network-broker/1") {
    socket(my $s, AF_UNIX, SOCK_STREAM, 0) or next;
    if (bind($s, pack("S a*", AF_UNIX, "\\0$name"))) { listen($s, 5); push @held, $s; }
  }
  for my $port (1 .. 400) {
    next if $port{$port};
    socket(my $s, 16, SOCK_RAW, 12) or next;
    if (bind($s, pack("S S L L", 16, 0, $port, 0))) { $port{$port} = $s; }
  }
  $told++ or do { $| = 1; print "squatting\\n" };
  select(undef, undef, undef, 0.01);
}`;

describeLive('the lock of the policy rules', () => {
  test('nobody can take it, neither before the daemon starts nor in the gap of a restart', async () => {
    await open();
    const stranger = await lab.start('squatter', ['perl', '-e', squatter], { as: 'nobody' });
    await lab.until('it to squat', () => Promise.resolve(stranger.lines.length > 0));
    for (let n = 0; n < 3; n++) {
      const broker = await startBroker(lab);
      await untilRules();
      expect(broker.log().filter(({ code }) => code === 'policy-locked')).toEqual([]);
      await kill(broker);
      await dropRules();
    }
  });

  test('neither a flush of the whole ruleset nor a firewall that loads its own frees it or fails', async () => {
    await open();
    await startBroker(lab);
    await untilRules();
    const table = await lab.sh('nft list table inet network-broker');
    // firewalld adds its table, deletes it with all that is in it, and adds it anew, in one transaction
    await lab.sh(`
      nft add table inet before
      nft flush ruleset
      printf 'table inet firewalld\\ndelete table inet firewalld\\ntable inet firewalld { chain input { type filter hook input priority 0; }; }\\n' | nft -f -
      printf 'flush ruleset\\ntable inet filter { chain input { type filter hook input priority 0; }; }\\n' | nft -f -
    `);
    expect(await lab.sh('nft list tables | sort')).toBe('table inet filter\ntable inet network-broker\n');
    expect(await lab.sh('nft delete table inet network-broker 2>&1 || echo refused')).toMatch(
      /not permitted[\s\S]*refused\n$/,
    );
    expect(await lab.sh('nft add chain inet network-broker input 2>&1 || echo refused')).toMatch(
      /not permitted[\s\S]*refused\n$/,
    );
    expect(await lab.sh('nft list table inet network-broker')).toBe(table);
    const second = await launchBroker(lab, beside);
    await untilTaken(second);
  });

  test('its table says whose it is, and so does flush', async () => {
    await open();
    const broker = await startBroker(lab);
    await untilRules();
    expect(await lab.sh('nft list table inet network-broker')).toContain(`comment "network-broker/${broker.pid}/`);
    const PATH = `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin`;
    const flushed = await lab.sh(`${join(checkout, 'bin', 'network-broker')} flush 2>&1 || true`, { env: { PATH } });
    expect(flushed).toMatch(new RegExp(`a running broker, process ${broker.pid}, manages these rules`));
  });

  test('who waits for it is told when the holder is killed, and does nothing until then', async () => {
    await open();
    const first = await startBroker(lab);
    await untilRules();
    const second = await startBroker(lab, beside);
    await untilTaken(second);
    const switches = async (): Promise<number> =>
      Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(await lab.read(`/proc/${second.pid}/status`))?.[1]);
    await new Promise(resolve => setTimeout(resolve, 1500)); // what it does once after the start
    const before = await switches();
    await new Promise(resolve => setTimeout(resolve, 3000));
    expect((await switches()) - before).toBeLessThan(3);
    await dropRules();
    await kill(first);
    await untilRules();
  });
});
