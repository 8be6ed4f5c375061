import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  appendFileSync,
  closeSync,
  openSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type Broker, configureBroker, startBroker, untilLogged } from '../lab/daemons/broker.js';
import { startBus } from '../lab/daemons/bus.js';
import { leaseFile } from '../lab/daemons/dhclient.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { installScript } from '../lab/scripts.js';

const address = '192.0.2.5';
let lab: Lab;
let broker: Broker;
let file: string;

beforeEach(async () => {
  lab = await openLab();
  await lab.write('/var/log/leases', '', 0o666);
  await installScript(
    lab,
    'leases.d',
    '10-record',
    '#!/bin/sh\necho "$ACTION $DNS $(date +%s%3N)" >>/var/log/leases\n',
  );
  await configureBroker(lab, '[System]\nGenerator = "dhclient"\n');
  await startBus(lab);
  await lab.sh(
    `ip link add eth0 type veth peer name other; ip link set eth0 up; ip address add ${address}/24 dev eth0; mkdir -p /var/lib/dhcp`,
  );
  file = lab.path(leaseFile());
  broker = await startBroker(lab);
});
afterEach(async () => {
  await broker.stop();
  await lab.close();
});

const now = Math.floor(Date.now() / 1000);
const dnsOf = (n: number): string => `10.9.${n >> 8}.${n & 255}`;
/** The lease after n renewals, each with another DNS server. */
const lease = (n: number): string => `lease {
  interface "eth0";
  fixed-address ${address};
  option dhcp-lease-time 86400;
  option domain-name-servers ${dnsOf(n)};
  renew epoch ${now - 5000 + n + 40_000};
  rebind epoch ${now - 5000 + n + 60_000};
  expire epoch ${now - 5000 + n + 86_400};
}
`;
const recorded = async (): Promise<readonly string[]> =>
  (await lab.read('/var/log/leases')).split('\n').filter(Boolean);

/** A generator of its own (Numerical Recipes' LCG), so that a failure can be had again. */
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 32);
let state = seed;
const random = (below: number): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};

describeLive('a lease file', () => {
  test(`that is rewritten 1,000 times at random moments causes no wrong event, and none is missed (SEED=${seed})`, async () => {
    for (let n = 1; n <= 1000; n += 1) {
      // Like dhclient: what was before comes first. Some write in place, some rename, some stop in the midst of it.
      const text = [n - 2, n - 1, n]
        .filter(one => one > 0)
        .map(lease)
        .join('');
      const way = random(10);
      if (way === 0) {
        writeFileSync(`${file}.new`, text);
        renameSync(`${file}.new`, file);
      } else if (way === 1 && n > 1) appendFileSync(file, lease(n));
      else {
        const open = openSync(file, 'w');
        for (let at = 0; at < text.length;) {
          const length = 1 + random(400);
          writeSync(open, text.slice(at, at + length));
          at += length;
          if (random(10) === 0) await wait(random(8));
          if (random(400) === 0) await wait(250); // long enough to be taken for quiet
        }
        closeSync(open);
      }
      await wait(random(n % 50 === 0 ? 500 : 6));
    }
    await lab.until('the last lease', async () => (await recorded()).some(line => line.includes(`${dnsOf(1000)} `)), 5);
    const events = (await recorded()).map(line => line.split(' '));
    expect(events.map(([action]) => action)).toEqual(events.map((_, nth) => (nth === 0 ? 'bound' : 'changed')));
    const numbers = events.map(([, dns = '']) => Number(dns.split('.')[2]) * 256 + Number(dns.split('.')[3]));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(numbers.at(-1)).toBe(1000);
    expect(broker.log().filter(({ level, code }) => level === 'error' || code === 'source-lost')).toEqual([]);
  });

  test('that is truncated, removed and made again changes nothing of a lease that is held', async () => {
    writeFileSync(file, lease(1));
    await lab.until('the lease', async () => (await recorded()).length === 1);
    truncateSync(file, 0);
    await wait(400);
    await lab.sh('rm -r /var/lib/dhcp');
    await wait(400);
    await lab.sh('mkdir /var/lib/dhcp');
    writeFileSync(file, lease(1));
    await wait(400);
    writeFileSync(file, lease(2));
    await lab.until('the next lease', async () => (await recorded()).length === 2);
    expect((await recorded()).map(line => line.split(' ', 2).join(' '))).toEqual([
      `bound ${dnsOf(1)}`,
      `changed ${dnsOf(2)}`,
    ]);
  });

  test('that is a FIFO, a device, a socket, a directory or far too long is named, and everything else is heard', async () => {
    await broker.stop();
    const odd = {
      pipe: 'a FIFO',
      zero: 'a character device',
      socket: 'a socket',
      directory: 'a directory',
      huge: 'one of 17 MiB',
    };
    const isNamed = (name: string, found: string) =>
      untilLogged(
        lab,
        broker,
        found,
        ({ code, message }) =>
          code === 'lease-file' && message.includes(`dhclient-${name}.leases`) && message.endsWith(`found ${found}`),
      );
    await lab.sh(
      `cd /var/lib/dhcp; mkfifo dhclient-pipe.leases; ln -s /dev/zero dhclient-zero.leases
      mkdir dhclient-directory.leases; truncate -s 17M dhclient-huge.leases`,
    );
    const server = createServer().listen(lab.path(leaseFile('socket')));
    broker = await startBroker(lab);
    for (const [name, found] of Object.entries(odd)) await isNamed(name, found);
    writeFileSync(file, lease(1));
    await lab.until('the lease', async () => (await recorded()).length === 1);
    await lab.sh('mkfifo /var/lib/dhcp/dhclient-later.leases');
    await isNamed('later', 'a FIFO');
    writeFileSync(file, lease(2));
    await lab.until('the next lease', async () => (await recorded()).length === 2);
    server.close();
  });

  test('whose lease never renews counts until it ends, once and for all', async () => {
    const end = '2 2037/01/01 00:00:00';
    writeFileSync(file, lease(1).replace(/(renew|rebind|expire) epoch \d+/g, `$1 ${end}`));
    await lab.until('the lease', async () => (await recorded()).some(line => line.startsWith(`bound ${dnsOf(1)}`)));
  });

  test('that changed has its scripts started soon after it was quiet for 200 ms', async () => {
    const written: number[] = [];
    for (let n = 1; n <= 12; n += 1) {
      writeFileSync(file, lease(n));
      written.push(statSync(file).mtimeMs);
      await lab.until(`lease ${n}`, async () => (await recorded()).length === n);
    }
    const took = (await recorded()).map((line, nth) => Number(line.split(' ')[2]) - (written[nth] ?? 0));
    if (process.env.MEASURE)
      process.stderr.write(`file written → script: ${took.map(ms => ms.toFixed(0)).join(' ')} ms\n`);
    expect(Math.min(...took)).toBeGreaterThanOrEqual(200 - 5);
  });

  test('whose scripts were running when the daemon was killed has them run again, with RERUN=1', async () => {
    const say = '#!/bin/sh\necho "slow ${RERUN:-0}" >>/var/log/leases\n';
    await installScript(lab, 'leases.d', '20-slow', `${say}[ "$RERUN" ] || exec sleep 60\n`);
    writeFileSync(file, lease(1));
    await lab.until('the slow script', async () => (await recorded()).includes('slow 0'));
    await broker.stop('SIGKILL');
    broker = await startBroker(lab);
    await lab.until('it to run again', async () => (await recorded()).includes('slow 1'));
    await broker.stop();
    await installScript(lab, 'leases.d', '20-slow', say);
    broker = await startBroker(lab);
    writeFileSync(file, lease(2));
    await lab.until('the next lease', async () => (await recorded()).at(-1) === 'slow 0');
    expect((await recorded()).map(line => line.split(' ', 2).join(' '))).toEqual([
      `bound ${dnsOf(1)}`, 'slow 0', `bound ${dnsOf(1)}`, 'slow 1', `changed ${dnsOf(2)}`, 'slow 0',
    ]); // prettier-ignore
  });

  test('leaves a daemon alone that starts again: it has acted on that lease', async () => {
    writeFileSync(file, lease(1));
    await lab.until('the lease', async () => (await recorded()).length === 1);
    await broker.stop();
    broker = await startBroker(lab);
    writeFileSync(file, lease(2));
    await lab.until('the next lease', async () => (await recorded()).length === 2);
    expect((await recorded()).map(line => line.split(' ', 2).join(' '))).toEqual([
      `bound ${dnsOf(1)}`,
      `changed ${dnsOf(2)}`,
    ]);
  });
});
