import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { catchError, EMPTY, firstValueFrom } from 'rxjs';
import type { StatusReport } from '../../src/commands/status-report.js';
import { ask } from '../../src/system/control-socket.js';
import { type Broker, configureBroker, launchBroker } from './lab/broker.js';
import { type Lab, openLab } from './lab/lab.js';
import { describeLive } from './lab/live.js';
import { isLong } from './lab/long.js';
import { installScript } from './lab/scripts.js';

const withLab = async (body: (lab: Lab) => Promise<void>): Promise<void> => {
  const lab = await openLab();
  try {
    await body(lab);
  } finally {
    await lab.close();
  }
};

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
        expect(broker.log().filter(({ code }) => code === 'events-joined').length).toBeLessThanOrEqual(2);
        expect(
          broker
            .log()
            .filter(({ level, code }) => level !== 'info' && code !== 'events-joined' && code !== 'directory-missing'),
        ).toEqual([]);
      }),
    150_000,
  );
});
