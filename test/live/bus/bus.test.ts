import { afterAll, expect, test } from '@jest/globals';
import { type Observable, Subscription } from 'rxjs';
import { type Bus, type BusConnection, type Call, systemBus } from '../../../src/system/bus/bus.js';
import { launchBroker } from '../lab/daemons/broker.js';
import { startBus } from '../lab/daemons/bus.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { withNetwork } from '../lab/network.js';
import { installRecorders, started } from '../lab/scripts.js';

// These tests wait for limits of time, all at the same time, each in a laboratory of its own.
const connections = new Subscription();
afterAll(() => connections.unsubscribe());

const busOf = (lab: Lab): Bus => systemBus(`unix:path=${lab.path('/run/dbus/system_bus_socket')}`);

/** A connection that stays until all tests have ended, and why it was lost if it was. */
const connect = async (bus: Bus): Promise<{ connection: BusConnection; lost: Promise<unknown> }> => {
  let lose: (error: unknown) => void = () => undefined;
  const lost = new Promise<unknown>(resolve => (lose = resolve));
  const connection = await new Promise<BusConnection>(resolve => {
    connections.add(bus.connection$.subscribe({ next: resolve, error: lose }));
  });
  return { connection, lost };
};

/** The first value, or the error. */
const outcome = (from$: Observable<unknown>): Promise<unknown> =>
  new Promise(resolve => {
    connections.add(from$.subscribe({ next: resolve, error: resolve }));
  });

const listLinks: Call = {
  destination: 'org.freedesktop.network1',
  path: '/org/freedesktop/network1',
  interface: 'org.freedesktop.network1.Manager',
  member: 'ListLinks',
};

describeLive('who does not answer', () => {
  test.concurrent('a call that nobody answers fails after 10 s; one whose bus dies fails with it', () =>
    withNetwork([], async ({ lab, bus, networkd }) => {
      const { connection, lost } = await connect(busOf(lab));
      expect(await outcome(connection.call(listLinks))).toHaveLength(1);
      await networkd.pause();
      expect(await outcome(connection.call(listLinks))).toMatchObject({
        code: 'call-timed-out',
        message: 'org.freedesktop.network1.Manager.ListLinks of org.freedesktop.network1: no answer within 10 s',
      });
      const unanswered = outcome(connection.call(listLinks));
      await bus.stop('SIGKILL');
      expect(await unanswered).toMatchObject({ code: 'bus-lost' });
      expect(await lost).toMatchObject({ code: 'bus-lost' });
      expect(await outcome(connection.call(listLinks))).toMatchObject({ code: 'bus-lost' });
    }),
  );

  test.concurrent('a call starts no daemon that an administrator has stopped', () =>
    withNetwork([], async ({ lab, networkd }) => {
      const { connection } = await connect(busOf(lab));
      await networkd.stop();
      expect(await outcome(connection.call(listLinks))).toMatchObject({
        code: 'call-failed',
        errorName: 'org.freedesktop.DBus.Error.NameHasNoOwner',
      });
    }),
  );

  test.concurrent('a bus that greets nobody is given up after 5 s', async () => {
    const lab = await openLab();
    try {
      const bus = await startBus(lab);
      await bus.pause();
      expect(await outcome(busOf(lab).connection$)).toMatchObject({
        code: 'bus-lost',
        message: expect.stringMatching(/no greeting within 5 s$/),
      });
    } finally {
      await lab.close();
    }
  });

  test.concurrent(
    'a systemd-networkd that stands still when the daemon starts is asked again, and served when it moves',
    () =>
      withNetwork(['static'], async ({ lab, networkd }) => {
        await installRecorders(lab);
        await networkd.pause();
        const broker = await launchBroker(lab);
        await lab.until(
          'the daemon to log that there is no answer',
          () => broker.log().some(({ message }) => message.includes('no answer within 10 s')),
          20,
        );
        await networkd.goOn();
        await lab.until('eth0 to be served', async () => (await started(lab, 'eth0')).includes('configured.d eth0'));
        await broker.stop();
        expect((await started(lab, 'eth0')).filter(run => run === 'routable.d eth0')).toHaveLength(1);
      }),
  );
});
