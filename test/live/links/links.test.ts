import { expect, test } from '@jest/globals';
import { configureBroker, scriptDirectory, startBroker, untilLogged } from '../lab/daemons/broker.js';
import { configureStatic, layCables, plug, unplug } from '../lab/cables.js';
import { describeLive } from '../lab/live.js';
import { withNetwork } from '../lab/network.js';
import {
  forgetRuns,
  installRecorders,
  installScript,
  prepareRecords,
  recorder,
  scriptRuns,
  started,
} from '../lab/scripts.js';
import { expectedRuns, watchSignals } from '../lab/bus-clients/signals.js';

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

  test('a link that comes back under the same name waits for the scripts of the one before', () =>
    withNetwork([], async ({ lab }) => {
      await prepareRecords(lab);
      const slow = '[ "$ACTION" != removed ] || sleep 1.5';
      await installScript(lab, 'links.d', '10-record', recorder('links.d', '$ACTION', slow));
      const broker = await startBroker(lab);
      const add = 'ip link add tun9 type veth peer name nine';
      await lab.sh(`${add}; ip link del tun9; ${add}; ip link del tun9; ${add}`);
      const ofTun9 = async () => (await scriptRuns(lab)).filter(({ link }) => link === 'tun9');
      await lab.until('the last of it', async () => (await ofTun9()).length === 10, 30);
      await broker.stop();
      const both = (script: string) => [`${script} start`, `${script} end`];
      expect((await ofTun9()).map(({ script, phase }) => `${script} ${phase}`)).toEqual(
        ['added', 'removed', 'added', 'removed', 'added'].flatMap(both),
      );
    }));

  test('a link that is renamed out of the pattern is told of once more', () =>
    withNetwork([], async ({ lab }) => {
      await prepareRecords(lab);
      await installScript(lab, 'links.d', '10-record', recorder('links.d', '$ACTION-$OLDLINK', ''));
      await configureBroker(lab, '[Network]\nLinks = "eth*"\n');
      await lab.sh('ip link add eth7 type veth peer name seven');
      const broker = await startBroker(lab);
      await lab.sh('ip link set eth7 name lan5; ip link set lan5 name lan6; ip link set lan6 name eth8');
      await lab.until('its return', async () => (await started(lab, 'eth8')).length > 0);
      await broker.stop();
      expect(
        (await scriptRuns(lab)).flatMap(run => (run.phase === 'end' ? [`${run.script} ${run.link}`] : [])),
      ).toEqual(['renamed-eth7 lan5', 'renamed-lan6 eth8']);
    }));

  test('a script that waits for what it causes on its own link is ended, and the log says why', () =>
    withNetwork([], async ({ lab }) => {
      const waiting =
        '#!/bin/sh\n[ "$LINK" = tun9 ] || exit 0\nip link set "$LINK" up\nuntil [ -e /tmp/is-up ]; do sleep .1; done\n';
      await installScript(lab, 'links.d', '10-wait', waiting);
      await installScript(lab, 'no-carrier.d', '10-up', '#!/bin/sh\n: >/tmp/is-up\n');
      await configureBroker(lab, '[Scripts]\nTimeoutSec = 2\n');
      const broker = await startBroker(lab);
      await lab.sh('ip link add tun9 type veth peer name nine');
      const ran = await untilLogged(
        lab,
        broker,
        'its end',
        ({ kind, link, script }) =>
          kind === 'script' && link === 'tun9' && script === `${scriptDirectory}/links.d/10-wait`,
      );
      await broker.stop();
      expect(ran).toMatchObject({ link: 'tun9', timedOut: true, behind: expect.any(Number) });
      expect(ran.message).toContain('waited for its end');
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
