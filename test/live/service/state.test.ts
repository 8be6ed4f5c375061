import { expect, test } from '@jest/globals';
import { startBroker } from '../lab/daemons/broker.js';
import { plug, unplug, untilOperational } from '../lab/cables.js';
import { describeLive } from '../lab/live.js';
import { withNetwork } from '../lab/network.js';
import { forgetRuns, installRecorders, scriptRuns, started } from '../lab/scripts.js';

const atStart = ['carrier.d eth0', 'routable.d eth0', 'online.d eth0', 'configured.d eth0'];

describeLive('what the daemon remembers', () => {
  test('a boot misses nothing: each link that is up already runs the directories of its state, in order', () =>
    withNetwork(['static'], async ({ lab }) => {
      await installRecorders(lab);
      const broker = await startBroker(lab);
      await lab.until('the state at start', async () => (await started(lab, 'eth0')).length >= atStart.length);
      await broker.stop();
      expect(await started(lab, 'eth0')).toEqual(atStart);
      expect(await started(lab, 'lo')).toEqual([]);
    }));

  test('an orderly restart re-runs nothing, and what changed meanwhile is acted on', () =>
    withNetwork(['static'], async ({ lab }) => {
      await installRecorders(lab);
      const first = await startBroker(lab);
      await lab.until('the state at start', async () => (await started(lab, 'eth0')).includes('configured.d eth0'));
      await first.stop();
      await forgetRuns(lab);
      const second = await startBroker(lab);
      await second.stop();
      expect(await started(lab)).toEqual([]);

      await unplug(lab, ['eth0']);
      await untilOperational(lab, 'eth0', 'no-carrier');
      const third = await startBroker(lab);
      await lab.until('the carrier loss', async () => (await started(lab, 'eth0')).includes('offline.d eth0'));
      await third.stop();
      expect(await started(lab, 'eth0')).toEqual(['no-carrier.d eth0', 'offline.d eth0']);
    }));

  test('killed in the midst of a script: that event, and no other, runs again with RERUN=1', () =>
    withNetwork(['static'], async ({ lab }) => {
      await installRecorders(lab, ['10-record'], '[ ! -e /tmp/hold ] || sleep 60');
      const first = await startBroker(lab);
      await lab.until(
        'the state at start',
        async () => (await scriptRuns(lab)).filter(run => run.link === 'eth0' && run.phase === 'end').length === 4,
      );
      await unplug(lab, ['eth0']);
      await lab.until('the carrier loss', async () => (await started(lab, 'eth0')).includes('offline.d eth0'));
      await lab.until('rest', async () => (await scriptRuns(lab)).at(-1)?.phase === 'end');
      await forgetRuns(lab);
      await lab.write('/tmp/hold', '');
      await plug(lab, ['eth0']);
      await lab.until('a script in progress', async () => (await started(lab, 'eth0')).length > 0);
      await untilOperational(lab, 'eth0', 'routable');
      const interrupted = (await started(lab, 'eth0'))[0] ?? '';
      await first.stop('SIGKILL');
      await lab.sh('rm /tmp/hold');
      await forgetRuns(lab);

      const second = await startBroker(lab);
      await lab.until('the rest', async () => (await started(lab, 'eth0')).includes('online.d eth0'));
      await second.stop();
      const runs = (await scriptRuns(lab)).filter(run => run.link === 'eth0' && run.phase === 'start');
      expect(runs.filter(run => run.rerun).map(run => `${run.directory} ${run.link}`)).toEqual([interrupted]);
      expect(runs.filter(run => !run.rerun).map(run => run.directory)).toEqual(['routable.d', 'online.d']);
    }));

  test('killed at rest: nothing runs again', () =>
    withNetwork(['static'], async ({ lab }) => {
      await installRecorders(lab);
      const first = await startBroker(lab);
      await lab.until('the state at start', async () => (await started(lab, 'eth0')).includes('configured.d eth0'));
      await lab.until(
        'rest',
        () => first.log().filter(({ progress }) => progress === 'scripts have ended').length >= 2,
      );
      await first.stop('SIGKILL');
      await forgetRuns(lab);
      const second = await startBroker(lab);
      await second.stop();
      expect(await started(lab)).toEqual([]);
    }));
});
