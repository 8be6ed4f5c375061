import { expect, test } from '@jest/globals';
import { launchBroker, startBroker, untilLogged } from '../lab/daemons/broker.js';
import { startBus } from '../lab/daemons/bus.js';
import { configureStatic, layCables, plug, unplug, untilConfigured } from '../lab/cables.js';
import { openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { type Network, withNetwork } from '../lab/network.js';
import { startNetworkd } from '../lab/daemons/networkd.js';
import { startRouter } from '../lab/daemons/router.js';
import { forgetRuns, installRecorders, started } from '../lab/scripts.js';

/** A daemon that has acted on the state at start, and whose scripts are written down from now on. */
const serving = async ({ lab }: Pick<Network, 'lab'>, links: readonly string[]) => {
  await installRecorders(lab);
  const broker = await startBroker(lab);
  for (const link of links)
    await lab.until(`the state of ${link} at start`, async () =>
      (await started(lab, link)).includes(`configured.d ${link}`),
    );
  await forgetRuns(lab);
  return broker;
};

/** networkd configures its links anew when it starts, and says so: these may run, whatever else happened. */
const configuring = /^configur(ing|ed)\.d /;

/** Did `then` run after the last run of `first`? */
const isAfter = (runs: readonly string[], first: string, then: string): boolean =>
  runs.includes(first) && runs.lastIndexOf(then) > runs.lastIndexOf(first);

describeLive('systemd-networkd', () => {
  // On SIGTERM systemd 252 takes the addresses of DHCP away; from 257 on, it takes them away when it starts.
  test.each(['SIGKILL', 'SIGTERM'] as const)(
    'ended by %s and started again: a link whose address went and came back is routable once more, nothing else is acted on, and what changes then is',
    signal =>
      withNetwork(['dhcp', 'static'], async ({ lab, networkd }) => {
        const broker = await serving({ lab }, ['eth0', 'eth1']);
        const monitor = await lab.start('ip-monitor', ['ip', 'monitor', 'address']);
        const told = () => monitor.lines.map(({ text }) => text);
        // A monitor has told all that was before an address of lo, and listens when it tells the first one.
        await lab.until('the monitor to listen', async () => {
          await lab.sh('ip address replace 203.0.113.2/32 dev lo; ip address del 203.0.113.2/32 dev lo');
          return told().some(line => line.includes('203.0.113.2'));
        });
        await networkd.stop(signal);
        await startNetworkd(lab);
        for (const link of ['eth0', 'eth1']) await untilConfigured(lab, link);
        await lab.sh('ip address add 203.0.113.1/32 dev lo');
        await lab.until('the kernel to tell all of it', () => told().some(line => line.includes('203.0.113.1')));
        const went = (link: string) => told().some(line => line.startsWith('Deleted') && line.includes(` ${link} `));
        const flaps = Object.fromEntries(['eth0', 'eth1'].map(link => [link, went(link)]));
        await unplug(lab, ['eth0']);
        await lab.until('the carrier loss', async () =>
          isAfter(await started(lab, 'eth0'), 'no-carrier.d eth0', 'offline.d eth0'),
        );
        await broker.stop();

        for (const link of ['eth0', 'eth1']) {
          const runs = (await started(lab, link)).filter(run => !configuring.test(run));
          const isSeen = runs.includes(`carrier.d ${link}`); // or networkd was not on the bus yet while the address was away
          const between = isSeen ? ['carrier.d', 'offline.d', 'routable.d', 'online.d'] : ['routable.d'];
          const expected = [...(flaps[link] ? between : []), ...(link === 'eth0' ? ['no-carrier.d', 'offline.d'] : [])];
          expect(runs).toEqual(expected.map(directory => `${directory} ${link}`));
        }
        const configured = (await started(lab, 'eth1')).filter(run => run === 'configured.d eth1');
        expect(configured.length).toBeLessThanOrEqual(1);
      }),
  );

  test('what changes while it is away is acted on once, when it is back', () =>
    withNetwork(['static', 'static'], async ({ lab, networkd }) => {
      const broker = await serving({ lab }, ['eth0', 'eth1']);
      await networkd.stop('SIGKILL');
      await unplug(lab, ['eth1']);
      await startNetworkd(lab);
      await lab.until('the carrier loss', async () =>
        isAfter(await started(lab, 'eth1'), 'no-carrier.d eth1', 'offline.d eth1'),
      );
      await broker.stop();
      const runs = (await started(lab)).filter(run => !run.endsWith(' -') && !configuring.test(run));
      expect(runs).toEqual(['no-carrier.d eth1', 'offline.d eth1']);
    }));

  test('not on the bus: the daemon says so in one line, waits, and serves it when it appears', async () => {
    const lab = await openLab();
    try {
      await startBus(lab);
      await startRouter(lab);
      await layCables(lab, [0]);
      await configureStatic(lab, 'eth0', '10.0.0.50/24');
      await plug(lab, ['eth0']);
      await installRecorders(lab);
      const broker = await startBroker(lab);
      expect(broker.log().filter(({ message }) => message.includes('org.freedesktop.network1'))).toHaveLength(1);
      await startNetworkd(lab);
      await lab.until('eth0 to be served', async () => (await started(lab, 'eth0')).includes('configured.d eth0'));
      await broker.stop();
      expect((await started(lab, 'eth0')).filter(run => run === 'routable.d eth0')).toHaveLength(1);
    } finally {
      await lab.close();
    }
  });
});

describeLive('the bus', () => {
  // systemd-networkd 252 does not come back to a bus that was restarted; whoever restarts the bus restarts networkd too.
  test('killed and started again: the daemon comes back, re-runs nothing, and has missed nothing', () =>
    withNetwork(['static', 'static'], async ({ lab, bus, networkd }) => {
      const broker = await serving({ lab }, ['eth0', 'eth1']);
      await bus.stop('SIGKILL');
      await untilLogged(
        lab,
        broker,
        'the loss of the bus',
        ({ level, message }) => level !== 'info' && message.includes('bus'),
      );
      await networkd.stop('SIGKILL');
      await unplug(lab, ['eth1']);
      await startBus(lab);
      await startNetworkd(lab);
      await lab.until(
        'the carrier loss',
        async () => isAfter(await started(lab, 'eth1'), 'no-carrier.d eth1', 'offline.d eth1'),
        30,
      );
      await unplug(lab, ['eth0']);
      await lab.until('the next carrier loss', async () =>
        isAfter(await started(lab, 'eth0'), 'no-carrier.d eth0', 'offline.d eth0'),
      );
      await broker.stop();
      const runs = (await started(lab)).filter(run => !run.endsWith(' -') && !configuring.test(run));
      expect(runs).toEqual(['no-carrier.d eth1', 'offline.d eth1', 'no-carrier.d eth0', 'offline.d eth0']);
    }));

  test('not there at start: the daemon waits for it', () =>
    withNetwork(['static'], async ({ lab, bus, networkd }) => {
      await networkd.stop();
      await bus.stop();
      await installRecorders(lab);
      const broker = await launchBroker(lab);
      await untilLogged(
        lab,
        broker,
        'that there is no bus',
        ({ level, message }) => level === 'warn' && message.includes('bus'),
      );
      await startBus(lab);
      await startNetworkd(lab);
      await lab.until('eth0 to be served', async () => (await started(lab, 'eth0')).includes('configured.d eth0'), 30);
      await broker.stop();
    }));
});
