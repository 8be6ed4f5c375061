import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { catchError, EMPTY, firstValueFrom } from 'rxjs';
import type { StatusReport } from '../../../src/text/status-report.js';
import { ask } from '../../../src/system/sockets/control-socket.js';
import { type Broker, configureBroker, launchBroker } from '../lab/daemons/broker.js';
import { type Lab, withLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { isLong } from '../lab/long.js';
import { installScript } from '../lab/scripts.js';

/** Most memory that it ever had, in MiB (proc_pid_status(5)). */
const mostMemory = async (lab: Lab, { pid }: Broker): Promise<number> =>
  Number(await lab.sh(`sed -n 's/^VmHWM:\\s*\\([0-9]*\\) kB$/\\1/p' /proc/${pid}/status`)) / 1024;

/** What the daemon answers at this moment; undefined: it does not. */
const status = async (lab: Lab): Promise<StatusReport | undefined> => {
  const text = await firstValueFrom(ask(lab.path('/run/network-broker/control.sock')).pipe(catchError(() => EMPTY)), {
    defaultValue: '',
  });
  return text === '' ? undefined : (JSON.parse(text) as StatusReport);
};

/** Asks for the status until nothing waits any more: the longest that an answer took, in milliseconds. */
const askUntilQuiet = async (lab: Lab, isQuiet: (report: StatusReport) => boolean): Promise<number> => {
  let longest = 0;
  for (;;) {
    const since = performance.now();
    const report = await status(lab);
    longest = Math.max(longest, report === undefined ? Infinity : performance.now() - since);
    if (report === undefined || isQuiet(report)) return longest;
    await wait(20);
  }
};

const logging = ['--log-format', 'json', '--log-level', 'info'];

const startServing = async (lab: Lab): Promise<Broker> => {
  const broker = await launchBroker(lab, {}, logging);
  await lab.until('the daemon to serve', async () =>
    (await status(lab))?.sources.some(({ name, state }) => name === 'kernel' && state === 'serving'),
  );
  return broker;
};

/** The moments, in seconds, at which a script wrote down the time. */
const moments = async (lab: Lab, file: string): Promise<readonly number[]> =>
  (await lab.read(file)).split('\n').filter(Boolean).map(Number);

describeLive('addresses of a link that come all at once', () => {
  /** Where the machine is busy the kernel drops messages, and they are told all the same. */
  const expected = ['events-joined', 'directory-missing', 'kernel-overrun'];
  const count = isLong ? 16_000 : 4000;

  test(
    `${count} of them: all are told, status answers all the while, and the link's loss of its carrier is acted on within 2 s`,
    async () =>
      withLab(async lab => {
        await lab.sh('ip link add eth0 type veth peer name cable; ip link set eth0 up; ip link set cable up');
        await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\n[Network]\nLinks = "eth0"\n');
        await lab.write('/var/log/told', '', 0o666);
        await lab.write('/var/log/lost', '', 0o666);
        // One variable is checked against the other, and both of them against the files.
        const note = `#!/bin/sh
if [ "$ACTION" != several ]; then
  [ "$ADDRESSES" = "$ACTION $ADDRESS" ] || echo "ACTION and ADDRESS are $ACTION $ADDRESS, ADDRESSES is $ADDRESSES" >&2
fi
cat "$ADDRESSES_FILE" >>/var/log/told
sleep 0.02
`;
        await installScript(lab, 'addresses.d', '10-note', note);
        await installScript(lab, 'no-carrier.d', '10-note', '#!/bin/sh\ndate +%s.%N >>/var/log/lost\n');
        const all = Array.from({ length: count }, (_, n) => `10.${n >> 14}.${(n >> 7) & 127}.${(n & 127) + 1}/32`);
        await lab.write('/tmp/batch', all.map(address => `address add ${address} dev eth0\n`).join(''));
        const broker = await startServing(lab);
        const longest$ = askUntilQuiet(lab, ({ backlog, counters }) => backlog === 0 && counters.events > count);

        await lab.sh('ip -batch /tmp/batch');
        const lost = Number(await lab.sh('date +%s.%N; ip link set cable down'));
        await lab.until('no-carrier.d to run', async () => (await moments(lab, '/var/log/lost')).length > 0, 60);
        const [acted = Infinity] = await moments(lab, '/var/log/lost');
        const longest = await longest$;
        const memory = await mostMemory(lab, broker);
        console.log(
          `${count} addresses: status ${Math.round(longest)} ms at the longest, no-carrier.d ${Math.round((acted - lost) * 1000)} ms after the loss, ${Math.round(memory)} MiB`,
        );
        const told = (await lab.read('/var/log/told')).split('\n').filter(line => line.startsWith('added 10.'));
        expect(told.map(line => line.slice('added '.length)).sort()).toEqual([...all].sort());
        expect(longest).toBeLessThan(1000);
        expect(acted - lost).toBeLessThan(2);
        expect(memory).toBeLessThan(200);
        await broker.stop();
        // Two for each time that the lane had run empty in between, which on a busy machine it does.
        expect(broker.log().filter(({ code }) => code === 'events-joined').length).toBeLessThan(20);
        expect(broker.log().filter(({ level, code }) => level !== 'info' && !expected.includes(String(code)))).toEqual(
          [],
        );
      }),
    150_000,
  );
});

describeLive('containers that come and go', () => {
  const count = isLong ? 120 : 30;

  test(
    `${count} with scripts of 50 ms for all that happens to them: each loss of the uplink's carrier is acted on within 1 s`,
    async () =>
      withLab(async lab => {
        await lab.sh('ip link add uplink type veth peer name cable; ip link set uplink up; ip link set cable up');
        await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\n');
        for (const file of ['lost', 'found']) await lab.write(`/var/log/${file}`, '', 0o666);
        const script = (file: string): string =>
          `#!/bin/sh\n[ "$LINK" != uplink ] || date +%s.%N >>/var/log/${file}\nsleep 0.05\n`;
        for (const directory of ['links.d', 'addresses.d', 'degraded.d', 'off.d', 'routable.d'])
          await installScript(lab, directory, '10-slow', '#!/bin/sh\nsleep 0.05\n');
        await installScript(lab, 'carrier.d', '10-slow', script('found'));
        await installScript(lab, 'no-carrier.d', '10-slow', script('lost'));
        const all = Array.from({ length: count }, (_, n) => n);
        const add = (n: number): string =>
          `link add c${n} type veth peer name p${n}\nlink set c${n} up\nlink set p${n} up\naddress add 10.0.${n}.1/24 dev c${n}\n`;
        await lab.write('/tmp/come', all.map(add).join(''));
        await lab.write('/tmp/go', all.map(n => `link delete c${n}\n`).join(''));
        const broker = await startServing(lab);
        await lab.until('the state at start', async () => (await moments(lab, '/var/log/found')).length > 0);
        const latencies: number[] = [];
        for (const round of [1, 2, 3]) {
          await lab.sh(`ip -batch /tmp/${round === 2 ? 'go' : 'come'}`);
          await lab.until('many to wait', async () => ((await status(lab))?.backlog ?? 0) > count);
          const lost = Number(await lab.sh('date +%s.%N; ip link set cable down'));
          await lab.until(
            'no-carrier.d to run',
            async () => (await moments(lab, '/var/log/lost')).length === round,
            60,
          );
          latencies.push(((await moments(lab, '/var/log/lost')).at(-1) ?? Infinity) - lost);
          await lab.sh('ip link set cable up');
          await lab.until('carrier.d to run', async () => (await moments(lab, '/var/log/found')).length > round, 60);
        }
        const longest = Math.max(...latencies);
        console.log(
          `${count} containers: no-carrier.d ${latencies.map(each => Math.round(each * 1000)).join(', ')} ms after the loss`,
        );
        await lab.until('the end of all events', async () => (await status(lab))?.backlog === 0, 120);
        await broker.stop();
        expect(longest).toBeLessThan(1);
      }),
    300_000,
  );
});

describeLive('a script that hangs', () => {
  test('of a link with much to do keeps another link’s waiting for 5 s at most, though it holds the only slot', async () =>
    withLab(async lab => {
      await lab.sh('for n in 0 1; do ip link add eth$n type veth peer name cable$n; done');
      await configureBroker(
        lab,
        '[System]\nGenerator = "rtnetlink"\n[Network]\nLinks = "eth*"\n[Scripts]\nMaxParallel = 1\n',
      );
      await lab.write('/var/log/told', '', 0o666);
      const script = '#!/bin/sh\n[ "$LINK" != eth0 ] || exec sleep 1000\necho "$ADDRESS" >>/var/log/told\n';
      await installScript(lab, 'addresses.d', '10-hang', script);
      await startServing(lab);
      const hundred = Array.from({ length: 100 }, (_, n) => `ip address add 10.0.0.${n + 1}/32 dev eth0`);
      await lab.sh(hundred.join('\n'));
      await lab.until('the script to hang', () => lab.sh('pgrep -x sleep || true'));
      const since = performance.now();
      await lab.sh('ip address add 10.0.1.1/32 dev eth1');
      await lab.until('the other link’s script', async () => (await lab.read('/var/log/told')) !== '', 30);
      expect(performance.now() - since).toBeLessThan(7000);
    }));
});
