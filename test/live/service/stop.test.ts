import { expect, test } from '@jest/globals';
import { type Broker, configureBroker, startBroker, untilLogged } from '../lab/daemons/broker.js';
import type { Lab } from '../lab/lab.js';
import { openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { installScript } from '../lab/scripts.js';

// The kernel alone tells of links here: an address comes, and its first script waits until it is told to go on.
const withLab = async (body: (lab: Lab) => Promise<void>): Promise<void> => {
  const lab = await openLab();
  try {
    await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\n[Network]\nLinks = "eth0"\n');
    await lab.sh('ip link add eth0 type veth peer name cable; mkfifo -m 666 /tmp/go');
    await installScript(
      lab,
      'addresses.d',
      '10-slow',
      '#!/bin/sh\nsleep 1000 &\nread line </tmp/go\nkill $!\necho read\n',
    );
    await installScript(lab, 'addresses.d', '20-next', '#!/bin/sh\necho "next $ADDRESS"\n');
    await installScript(lab, 'off.d', '10-state', '#!/bin/sh\necho "state ${RERUN:-0}"\n');
    await body(lab);
  } finally {
    await lab.close();
  }
};

const said = (broker: Broker): readonly unknown[] =>
  broker.log().flatMap(({ kind, line }) => (kind === 'output' ? [line] : []));
const untilRuns = (lab: Lab): Promise<string> =>
  lab.until('the slow script to run', () => lab.sh('pgrep -x sleep || true'));
const addAddress = (lab: Lab, address: string): Promise<string> => lab.sh(`ip address add ${address} dev eth0`);

describeLive('asked to stop', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s, what was begun ends, nothing else begins, and nothing of it runs again',
    async signal =>
      withLab(async lab => {
        const broker = await startBroker(lab);
        await untilLogged(lab, broker, 'the state at start', ({ line }) => line === 'state 0');
        await addAddress(lab, '192.0.2.1/24');
        await untilRuns(lab);
        const stopped = broker.stop(signal);
        await untilLogged(lab, broker, 'that it stops', ({ message }) => message.startsWith(`${signal}: draining`));
        await addAddress(lab, '192.0.2.2/24');
        await lab.sh('echo >/tmp/go');
        expect(await stopped).toEqual({ code: 0, signal: null });
        expect(said(broker)).toEqual(['state 0', 'read', 'next 192.0.2.1/24']);
        expect(broker.log().at(-1)?.message).toBe('stopped');

        const again = await startBroker(lab);
        await again.stop();
        expect(said(again)).toEqual([]);
      }),
  );

  test('and again, what runs is killed with all that it started, at once, and the exit status is 0', () =>
    withLab(async lab => {
      await installScript(lab, 'off.d', '10-state', '#!/bin/sh\necho "state ${RERUN:-0}"\nsleep 1000\n');
      const broker = await startBroker(lab);
      await untilRuns(lab);
      const stopped = broker.stop();
      await untilLogged(lab, broker, 'that it stops', ({ message }) => message.startsWith('SIGTERM: draining'));
      // One that comes within a second of the first is taken for its echo.
      await lab.until('the end', async () => {
        if (broker.running()) await lab.sh(`kill -TERM ${broker.pid} 2>/dev/null || true; sleep 0.2`);
        return !broker.running();
      });
      expect(await stopped).toEqual({ code: 0, signal: null });
      expect(await lab.sh('pgrep -x sleep || true')).toBe('');

      await installScript(lab, 'off.d', '10-state', '#!/bin/sh\necho "state ${RERUN:-0}"\n');
      const again = await startBroker(lab);
      await untilLogged(lab, again, 'what was interrupted', ({ line }) => line === 'state 1');
      await again.stop();
      expect(said(again).filter(line => line === 'state 1')).toHaveLength(1);
    }));
});
