import { expect, test } from '@jest/globals';
import { configureBroker, startBroker } from '../lab/daemons/broker.js';
import { plug, unplug, untilOperational } from '../lab/cables.js';
import { type Configuration, withNetwork } from '../lab/network.js';
import { describeLive } from '../lab/live.js';
import { forgetRuns, installRecorders, installScript, prepareRecords, recorder, started } from '../lab/scripts.js';
import { expectedRuns, watchSignals } from '../lab/bus-clients/signals.js';

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

describeLive('DebounceSec=', () => {
  test('a link that was down for a moment is told of as at start: the kernel dropped the routes that scripts had added', () =>
    withNetwork(['static'], async ({ lab }) => {
      await installRecorders(lab);
      const route = '198.51.100.0/24';
      await installScript(lab, 'routable.d', '20-route', `#!/bin/sh\nip route replace ${route} dev "$LINK"\n`);
      await configureBroker(lab, '[Events]\nDebounceSec = 2\n');
      const broker = await startBroker(lab);
      const isThere = async () => (await lab.sh('ip route')).includes(route);
      await lab.until('the route', isThere);
      await lab.until('the end', async () => (await started(lab, 'eth0')).includes('configured.d eth0'));
      const atStart = await started(lab, 'eth0');
      await forgetRuns(lab);
      await lab.sh('ip link set eth0 down; sleep .2; ip link set eth0 up');
      expect(await isThere()).toBe(false);
      await lab.until('the route to be back', isThere);
      await lab.until('the end', async () => (await started(lab, 'eth0')).includes('configured.d eth0'));
      await broker.stop();
      expect(await started(lab, 'eth0')).toEqual(atStart);
      expect(atStart).toEqual(['carrier.d eth0', 'routable.d eth0', 'online.d eth0', 'configured.d eth0']);
    }));

  test('a DHCP address that went for a moment: routable.d runs once, and leases.d as the lease is in the end', () =>
    withNetwork(['dhcp'], async ({ lab }) => {
      await installRecorders(lab);
      await prepareRecords(lab);
      await installScript(lab, 'leases.d', '10-record', recorder('leases.d', '10-record', ''));
      await configureBroker(lab, '[Events]\nDebounceSec = 2\n');
      const broker = await startBroker(lab);
      await lab.until('the end', async () => (await started(lab, 'eth0')).includes('configured.d eth0'));
      await lab.until('the lease', async () => (await started(lab, 'eth0')).includes('leases.d eth0'));
      await forgetRuns(lab);
      const signals = await watchSignals(lab);
      await lab.sh('networkctl reconfigure eth0');
      await lab.until('networkd to be done', () =>
        signals().some(({ changed }) => changed.AdministrativeState === 'configured'),
      );
      await lab.until('the lease', async () => (await started(lab, 'eth0')).includes('leases.d eth0'));
      await lab.until('the state', async () => (await started(lab, 'eth0')).includes('routable.d eth0'));
      await broker.stop();
      expect([...(await started(lab, 'eth0'))].sort()).toEqual(['leases.d eth0', 'routable.d eth0']);
    }));
});
