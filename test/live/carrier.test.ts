import { expect, test } from '@jest/globals';
import { startBroker } from './lab/broker.js';
import { plug, unplug, untilOperational } from './lab/cables.js';
import { type Configuration, withNetwork } from './lab/network.js';
import { describeLive } from './lab/live.js';
import { forgetRuns, installRecorders, started } from './lab/scripts.js';
import { expectedRuns, watchSignals } from './lab/signals.js';

describeLive.each<Configuration>(['dhcp', 'static'])('a link with %s addresses', how => {
  test('each transition runs each matching directory exactly once and in order', () =>
    withNetwork([how], async ({ lab, names }) => {
      await installRecorders(lab);
      const broker = await startBroker(lab);
      await lab.until('the state at start to be acted on', async () =>
        (await started(lab, 'eth0')).includes('configured.d eth0'),
      );
      await forgetRuns(lab);
      const signals = await watchSignals(lab);
      for (let round = 0; round < 2; round++) {
        await unplug(lab, ['eth0']);
        await untilOperational(lab, 'eth0', 'no-carrier');
        await plug(lab, ['eth0']);
        await lab.until(
          'configured again',
          () => signals().filter(({ changed }) => changed.AdministrativeState === 'configured').length > round,
        );
      }
      await lab.until(
        'the last run',
        async () => (await started(lab, 'eth0')).filter(run => run === 'configured.d eth0').length === 2,
      );
      await broker.stop();

      const expected = expectedRuns(signals(), await names());
      const ofLink = expected.filter(run => run.endsWith(' eth0'));
      expect(await started(lab, 'eth0')).toEqual(ofLink);
      expect(await started(lab, '-')).toEqual(expected.filter(run => run.endsWith(' -')));
      expect(ofLink.filter(run => run === 'routable.d eth0')).toHaveLength(2);
      expect(ofLink.filter(run => run === 'no-carrier.d eth0')).toHaveLength(2);
    }));
});
