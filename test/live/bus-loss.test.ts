import { expect, jest, test } from '@jest/globals';
import { startAttack } from './hostile/start-attack.js';
import { type Broker, startBroker } from './lab/broker.js';
import { plug, unplug, untilOperational } from './lab/cables.js';
import type { Lab } from './lab/lab.js';
import { describeLive } from './lab/live.js';
import { withNetwork } from './lab/network.js';
import { startNetworkd } from './lab/networkd.js';
import { forgetRuns, installRecorders, started } from './lab/scripts.js';

/** What happens while the daemon stands still, and its queue on the bus is so full that the bus drops what comes. */
const whileDeaf = async (lab: Lab, broker: Broker, happens: () => Promise<unknown>): Promise<void> => {
  await broker.pause();
  const attack = await startAttack(lab, broker, 'a full queue', 'once');
  expect(await attack.ended).toMatchObject({ code: 0 });
  await happens();
  await broker.goOn();
};

const ready = async (lab: Lab): Promise<Broker> => {
  await installRecorders(lab);
  const broker = await startBroker(lab);
  await lab.until('the state at start', async () => (await started(lab, 'eth0')).includes('configured.d eth0'));
  await forgetRuns(lab);
  return broker;
};
const serves = (lab: Lab, run: string): Promise<true> =>
  lab.until(run, async () => (await started(lab)).includes(run), 20);
const losses = (broker: Broker): readonly string[] =>
  broker.log().flatMap(({ code, message }) => (code === 'signals-lost' ? [message] : []));

jest.setTimeout(120_000);

describeLive('what networkd signals while a stranger has filled the bus’s queue is lost', () => {
  test('a carrier loss is found out and served all the same, once, and so is what follows', () =>
    withNetwork(['static'], async ({ lab }) => {
      const broker = await ready(lab);
      await whileDeaf(lab, broker, async () => {
        await unplug(lab, ['eth0']);
        await untilOperational(lab, 'eth0', 'no-carrier');
      });
      await serves(lab, 'no-carrier.d eth0');
      await serves(lab, 'manager.d -');
      expect(losses(broker)).toEqual([expect.stringMatching(/eth0.*CarrierState=no-carrier/)]);
      await plug(lab, ['eth0']);
      await serves(lab, 'routable.d eth0');
      await broker.stop();
      expect((await started(lab, 'eth0')).filter(run => run === 'no-carrier.d eth0')).toHaveLength(1);
      expect(losses(broker)).toHaveLength(1);
    }));

  test('so are those of a networkd that was restarted, whose new name is among what is lost', () =>
    withNetwork(['static'], async ({ lab, networkd }) => {
      const broker = await ready(lab);
      await whileDeaf(lab, broker, async () => {
        await networkd.stop();
        await startNetworkd(lab);
        await unplug(lab, ['eth0']);
        await untilOperational(lab, 'eth0', 'no-carrier');
      });
      await serves(lab, 'no-carrier.d eth0');
      await plug(lab, ['eth0']);
      await serves(lab, 'routable.d eth0');
      await broker.stop();
    }));
});
