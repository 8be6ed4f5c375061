import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Broker, configureBroker, type LogRecord, recordOf, scriptDirectory } from '../lab/daemons/broker.js';
import { checkout } from '../lab/checkout.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { installScript } from '../lab/scripts.js';

const env = { PATH: `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin` };
const launcher = join(checkout, 'bin', 'network-broker');
const command = `exec ${launcher} run --config ${scriptDirectory}/network-broker.toml --log-format json`;

/** A log whose reader reads only when it is told to, into `/tmp/read`. */
interface Slow {
  readonly broker: Pick<Broker, 'stop' | 'running'>;
  readonly read: () => Promise<unknown>;
}

/** `open` says who may open the pipe once more: not the daemon, if it is root's. */
const pipe =
  (mode: string) =>
  async (lab: Lab): Promise<Slow> => {
    await lab.sh(`mkfifo -m ${mode} /tmp/log`);
    await lab.start('holder', ['sh', '-c', 'exec sleep 10000 3<>/tmp/log']);
    const broker = await lab.start('network-broker', ['sh', '-c', `${command} 2>/tmp/log`], { env });
    return { broker, read: () => lab.start('reader', ['sh', '-c', 'exec cat /tmp/log >/tmp/read']) };
  };

/** A stream socket, which nobody can open once more, as the journal's. */
const socket = async (lab: Lab): Promise<Slow> => {
  const program = `
    const child = require('node:child_process').spawn('sh', ['-c', ${JSON.stringify(command)}], { stdio: ['ignore', 'inherit', 'pipe'] });
    process.on('SIGUSR1', () => child.stderr.pipe(require('node:fs').createWriteStream('/tmp/read')));
    process.on('SIGTERM', () => child.kill());
    child.on('exit', code => process.exit(code));`;
  const broker = await lab.start('network-broker', ['node', '-e', program], { env });
  return { broker, read: () => lab.sh(`kill -USR1 ${broker.pid}`) };
};

const withLab = async (body: (lab: Lab) => Promise<void>): Promise<void> => {
  const lab = await openLab();
  try {
    await configureBroker(
      lab,
      '[System]\nGenerator = "rtnetlink"\n[Network]\nLinks = "eth0"\n[Scripts]\nOutputLimit = 2048\n',
    );
    await lab.sh('ip link add eth0 type veth peer name cable; install -m 666 /dev/null /var/log/ran');
    await installScript(lab, 'addresses.d', '10-loud', '#!/bin/sh\n[ "$ADDRESS" != 192.0.2.1/24 ] || seq 1 50000\n');
    await installScript(lab, 'addresses.d', '20-next', '#!/bin/sh\necho "$ADDRESS" >>/var/log/ran\n');
    await body(lab);
  } finally {
    await lab.close();
  }
};
const status = (lab: Lab): Promise<string> => lab.sh(`${launcher} status --json 2>/dev/null || true`, { env });
const addAddress = (lab: Lab, address: string): Promise<string> => lab.sh(`ip address add ${address} dev eth0`);
const untilRan = (lab: Lab, address: string): Promise<unknown> =>
  lab.until(`the scripts of ${address}`, async () => (await lab.read('/var/log/ran')).includes(address), 30);

describeLive('a log that nobody reads', () => {
  test.each([
    ['a pipe', pipe('666')],
    ['a pipe of another user', pipe('600')],
    ['a socket', socket],
  ])('stops nothing; what was left out is counted in one line when it is read again: %s', async (_, open) =>
    withLab(async lab => {
      const { broker, read } = await open(lab);
      await lab.until('an answer', async () => (await status(lab)) !== '');
      await addAddress(lab, '192.0.2.1/24');
      await untilRan(lab, '192.0.2.1/24');
      await addAddress(lab, '192.0.2.2/24');
      await untilRan(lab, '192.0.2.2/24');
      expect(JSON.parse(await status(lab))).toMatchObject({ counters: { failed: 0 } });

      await read();
      const records = async () => (await lab.read('/tmp/read')).split('\n').flatMap(recordOf);
      const isCount = ({ kind }: { readonly kind: string }): boolean => kind === 'lost';
      await lab.until('the count', async () => (await records()).some(isCount), 30);
      await addAddress(lab, '192.0.2.3/24');
      const linesIn = (now: readonly LogRecord[]) => now.filter(({ kind }) => kind === 'output');
      const sum = (now: readonly LogRecord[]) => Number(now.find(isCount)?.messages) + linesIn(now).length;
      const all = await lab.until('what is logged next, and what was read of the script by then', async () => {
        const now = await records();
        return now.some(({ address }) => address === '192.0.2.3/24') && sum(now) >= 50_000 && now;
      });
      const counts = all.filter(isCount);
      expect(counts).toHaveLength(1);
      expect(counts[0]).toMatchObject({
        level: 'warn',
        message: expect.stringMatching(/^\d+ messages were not logged, as the log was not read$/),
      });
      // Nothing is missing but what was counted: whole lines, in their order.
      const lines = linesIn(all).map(({ line }) => Number(line));
      expect(lines).toEqual(lines.map((_line, nth) => nth + 1));
      expect(sum(all)).toBeLessThan(50_030);
      expect(await broker.stop()).toEqual({ code: 0, signal: null });
      expect((await records()).at(-1)?.message).toBe('stopped');
    }),
  );

  test('does not keep it from ending', async () =>
    withLab(async lab => {
      const { broker } = await pipe('666')(lab);
      await lab.until('an answer', async () => (await status(lab)) !== '');
      await addAddress(lab, '192.0.2.1/24');
      await untilRan(lab, '192.0.2.1/24');
      expect(await broker.stop()).toEqual({ code: 0, signal: null });
    }));
});
