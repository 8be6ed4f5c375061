import { expect, test } from '@jest/globals';
import { startBroker } from './lab/broker.js';
import { configureStatic, layCables, plug, unplug } from './lab/cables.js';
import { describeLive } from './lab/live.js';
import { withNetwork } from './lab/network.js';
import { forgetRuns, installRecorders, scriptRuns, started } from './lab/scripts.js';
import { expectedRuns, watchSignals } from './lab/signals.js';

describeLive('links', () => {
  test('a link that appears while the daemon runs is served from its first state to configured', () =>
    withNetwork(['static'], async ({ lab, names }) => {
      await installRecorders(lab);
      const broker = await startBroker(lab);
      await lab.until('the state at start to be acted on', async () =>
        (await started(lab, 'eth0')).includes('configured.d eth0'),
      );
      await configureStatic(lab, 'eth1', '10.0.1.50/24');
      await lab.sh('networkctl reload');
      const signals = await watchSignals(lab);
      await layCables(lab, [1]);
      await plug(lab, ['eth1']);
      await lab.until('eth1 to be served', async () => (await started(lab, 'eth1')).includes('configured.d eth1'));
      await broker.stop();

      const expected = expectedRuns(signals(), await names()).filter(run => run.endsWith(' eth1'));
      expect(await started(lab, 'eth1')).toEqual(expected);
      expect(expected).toContain('routable.d eth1');
    }));

  test('two links that change at once are each served in their order, and neither waits for the other', () =>
    withNetwork(['dhcp', 'static'], async ({ lab, names }) => {
      const both = ['eth0', 'eth1'];
      await installRecorders(lab, ['10-record'], '[ "$LINK" != eth1 ] || sleep 0.2');
      const broker = await startBroker(lab);
      for (const link of both)
        await lab.until(`the state of ${link} at start`, async () =>
          (await started(lab, link)).includes(`configured.d ${link}`),
        );
      await lab.until('rest', async () => (await scriptRuns(lab)).at(-1)?.phase === 'end');
      await forgetRuns(lab);
      const signals = await watchSignals(lab);
      await unplug(lab, both);
      for (const link of both)
        await lab.until(`${link} without carrier`, async () =>
          (await started(lab, link)).includes(`no-carrier.d ${link}`),
        );
      await plug(lab, both);
      for (const link of both)
        await lab.until(`${link} configured`, async () => (await started(lab, link)).includes(`configured.d ${link}`));
      await broker.stop();

      const expected = expectedRuns(signals(), await names());
      for (const link of both)
        expect(await started(lab, link)).toEqual(expected.filter(run => run.endsWith(` ${link}`)));
      const order = (await scriptRuns(lab)).map(({ directory, link, phase }) => `${directory} ${link} ${phase}`);
      expect(order.indexOf('configured.d eth0 end')).toBeLessThan(order.indexOf('configured.d eth1 start'));
      const overlaps = (link: string): boolean => {
        const phases = order.filter(line => line.includes(` ${link} `)).map(line => line.split(' ')[2]);
        return phases.some((phase, index) => phase !== (index % 2 === 0 ? 'start' : 'end'));
      };
      expect(both.filter(overlaps)).toEqual([]);
    }));

  test('a link that is deleted ends no stream: the others are served on', () =>
    withNetwork(['static', 'static'], async ({ lab }) => {
      await installRecorders(lab);
      const broker = await startBroker(lab);
      for (const link of ['eth0', 'eth1'])
        await lab.until(`the state of ${link} at start`, async () =>
          (await started(lab, link)).includes(`configured.d ${link}`),
        );
      await lab.sh('ip link delete eth0');
      await lab.until('the end of eth0', async () => (await started(lab, 'eth0')).includes('linger.d eth0'));
      await unplug(lab, ['eth1']);
      await lab.until('eth1 without carrier', async () => (await started(lab, 'eth1')).includes('offline.d eth1'));
      await broker.stop();
      expect((await started(lab)).filter(run => run === 'linger.d eth0')).toHaveLength(1);
    }));
});
