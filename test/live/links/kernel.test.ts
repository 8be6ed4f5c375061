import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { type Broker, configureBroker, startBroker, untilLogged } from '../lab/daemons/broker.js';
import { startBus } from '../lab/daemons/bus.js';
import { plug, unplug } from '../lab/cables.js';
import { type Lab, withLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { withNetwork } from '../lab/network.js';
import { startNetworkd } from '../lab/daemons/networkd.js';
import { forgetRuns, installRecorders, installScript, started } from '../lab/scripts.js';

const generator = (names: string, more = ''): string => `[System]\nGenerator = "${names}"\n${more}`;

const list = async (lab: Lab): Promise<readonly { readonly ifindex: number; readonly ifname: string }[]> =>
  JSON.parse(await lab.sh('ip -json link')) as { ifindex: number; ifname: string }[];

const untilStarted = (lab: Lab, run: string, times = 1): Promise<unknown> =>
  lab.until(`${run}, ${times} times`, async () => (await started(lab)).filter(each => each === run).length >= times);

/** Nothing more is under way: a link that comes now is served, and so was everything before it. */
const untilQuiet = async (lab: Lab, broker: Broker): Promise<void> => {
  const name = `quiet${broker.lines.length}`.slice(0, 15);
  await lab.sh(`ip link add ${name} type bridge; ip link delete ${name}`);
  await untilLogged(
    lab,
    broker,
    `the end of ${name}`,
    ({ message }) => message.includes(name) && message.includes('removed'),
  );
  await lab.until('all scripts to end', () => {
    const log = broker.log().filter(({ kind }) => kind === 'progress');
    const count = (what: string) => log.filter(({ progress }) => progress === what).length;
    return count('scripts have ended') >= count('scripts begin');
  });
};

describeLive('a host without systemd-networkd', () => {
  test.each([
    ['rtnetlink', 'and without a bus'],
    ['systemd-networkd rtnetlink', 'nor a bus to look for it on'],
  ])('with Generator="%s" %s: the same scripts run', async names =>
    withLab(async lab => {
      await lab.sh(
        'ip link add eth0 type veth peer name to-eth0; ip link set eth0 up; ip address add 10.0.0.5/24 dev eth0',
      );
      await installRecorders(lab);
      await configureBroker(lab, generator(names, '[Network]\nLinks = "eth*"\n'));
      const broker = await startBroker(lab);
      await untilStarted(lab, 'no-carrier.d eth0');
      await lab.sh('ip link set to-eth0 up');
      await untilStarted(lab, 'routable.d eth0');
      await lab.sh('ip link set eth0 down');
      await untilStarted(lab, 'off.d eth0');
      await broker.stop();
      expect(await started(lab, 'eth0')).toEqual([
        'no-carrier.d eth0',
        'carrier.d eth0',
        'routable.d eth0',
        'off.d eth0',
      ]);
    }),
  );

  test('after an orderly restart what was acted on does not run again', async () =>
    withLab(async lab => {
      await lab.sh(
        'ip link add eth0 type veth peer name to-eth0; ip link set to-eth0 up; ip link set eth0 addrgenmode none up',
      );
      await installRecorders(lab);
      await configureBroker(lab, generator('rtnetlink', '[Network]\nLinks = "eth0"\n'));
      const first = await startBroker(lab);
      await untilStarted(lab, 'carrier.d eth0');
      await first.stop();
      await forgetRuns(lab);
      const second = await startBroker(lab);
      await lab.sh('ip address add 10.0.0.5/24 dev eth0');
      await untilStarted(lab, 'routable.d eth0');
      await second.stop();
      expect(await started(lab)).toEqual(['routable.d eth0']);
    }));
});

describeLive('systemd-networkd and rtnetlink together', () => {
  test('networkd stops and starts: only differences are told, whoever tells them', () =>
    withNetwork(['static', 'static'], async ({ lab, networkd }) => {
      await installRecorders(lab);
      await configureBroker(lab, generator('systemd-networkd rtnetlink'));
      const broker = await startBroker(lab);
      for (const link of ['eth0', 'eth1']) await untilStarted(lab, `configured.d ${link}`);
      await forgetRuns(lab);

      await networkd.stop();
      await untilLogged(lab, broker, 'that networkd is away', ({ message }) => message.includes('not on the bus'));
      await untilQuiet(lab, broker);
      expect((await started(lab)).filter(run => !run.includes('quiet'))).toEqual([]);

      await unplug(lab, ['eth1']);
      await untilStarted(lab, 'no-carrier.d eth1');
      await startNetworkd(lab);
      await lab.until(
        'networkd to be served again',
        () => broker.log().filter(({ kind, state }) => kind === 'source' && state === 'serving').length > 1,
      );
      await plug(lab, ['eth1']);
      await untilStarted(lab, 'online.d eth1');
      await broker.stop();

      const runs = (await started(lab)).filter(run => /\.d eth[01]$/.test(run) && !/^(configur|init|pend)/.test(run));
      expect(runs.filter(run => run.endsWith('eth0'))).toEqual([]);
      expect(runs.filter(run => run.endsWith('eth1') && !/^(offline|online|degraded)/.test(run))).toEqual([
        'no-carrier.d eth1',
        'carrier.d eth1',
        'routable.d eth1',
      ]);
    }));

  test('a reload of Generator hands over as well, and tells nothing that is not new', () =>
    withNetwork(['static'], async ({ lab }) => {
      await installRecorders(lab);
      await configureBroker(lab, generator('systemd-networkd'));
      const broker = await startBroker(lab);
      await untilStarted(lab, 'configured.d eth0');
      await forgetRuns(lab);
      const reload = async (names: string): Promise<void> => {
        const before = broker.log().length;
        await configureBroker(lab, generator(names));
        await lab.sh(`kill -HUP ${broker.pid}`);
        await lab.until('the reload', () =>
          broker
            .log()
            .slice(before)
            .some(({ message }) => message.includes('rereading the configuration')),
        );
      };
      await reload('rtnetlink');
      await unplug(lab, ['eth0']);
      await untilStarted(lab, 'no-carrier.d eth0');
      await reload('systemd-networkd');
      await untilStarted(lab, 'offline.d eth0'); // of OnlineState only networkd knows
      await plug(lab, ['eth0']);
      await untilStarted(lab, 'online.d eth0');
      await broker.stop();
      const runs = (await started(lab, 'eth0')).filter(run => !run.startsWith('configur'));
      expect(runs).toEqual([
        'no-carrier.d eth0',
        'offline.d eth0',
        'carrier.d eth0',
        'routable.d eth0',
        'online.d eth0',
      ]);
    }));
});

describeLive('links that come and go', () => {
  test('renamed, moved to another network namespace and back, made anew under the same name: Links= and scripts follow', async () =>
    withLab(async lab => {
      await lab.sh(
        'ip netns add other; ip link add eth0 type veth peer name to; ip link set to up; ip link set eth0 up',
      );
      await installRecorders(lab);
      await installScript(
        lab,
        'links.d',
        '10-record',
        '#!/bin/sh\necho "links.d $LINK $ACTION ${OLDLINK-}" >>/var/log/links\n',
      );
      await lab.write('/var/log/links', '', 0o666);
      await configureBroker(lab, generator('rtnetlink', '[Network]\nLinks = "eth* lan*"\n'));
      const broker = await startBroker(lab);
      await untilStarted(lab, 'carrier.d eth0');
      const told = async (line: string, times = 1): Promise<unknown> =>
        lab.until(`links.d to be told: ${line}`, async () => {
          const lines = (await lab.read('/var/log/links')).split('\n').map(each => each.trim());
          return lines.filter(each => each === line).length >= times;
        });

      await lab.sh('ip link set eth0 down; ip link set eth0 name lan0; ip link set lan0 up');
      await told('links.d lan0 renamed eth0');
      await untilStarted(lab, 'carrier.d lan0');
      await lab.sh('ip link set lan0 down; ip link set lan0 name wan0; ip link set wan0 up');
      await lab.sh('ip link set wan0 down; ip link set wan0 name lan1; ip link set lan1 up');
      await told('links.d wan0 renamed lan0');
      await told('links.d lan1 renamed wan0');
      await untilStarted(lab, 'carrier.d lan1');

      await lab.sh('ip link set lan1 netns other');
      await told('links.d lan1 removed');
      await lab.sh('ip -n other link set lan1 netns 1 2>/dev/null || ip netns exec other ip link set lan1 netns 1');
      await told('links.d lan1 added');
      await lab.sh('ip link set lan1 up');
      await untilStarted(lab, 'carrier.d lan1', 2);

      // The kernel says of a port that leaves its bridge what it says of a link that goes, to who listens for bridges.
      await lab.sh('ip link add br0 type bridge; ip link set br0 up; ip link set lan1 master br0');
      await untilStarted(lab, 'enslaved.d lan1');
      await lab.sh('ip link set lan1 nomaster; ip link delete br0');
      await untilStarted(lab, 'carrier.d lan1', 3);

      await lab.sh('ip link delete lan1');
      await told('links.d lan1 removed', 2);
      await lab.sh('ip link add lan1 type veth peer name to; ip link set to up; ip link set lan1 up');
      await told('links.d lan1 added', 2);
      await untilStarted(lab, 'carrier.d lan1', 4);
      await broker.stop();
      expect((await lab.read('/var/log/links')).split('\n').map(line => line.trim())).toEqual([
        'links.d lan0 renamed eth0',
        'links.d wan0 renamed lan0', // out of Links=: whoever was told of lan0 learns that it is no more
        'links.d lan1 renamed wan0',
        'links.d lan1 removed',
        'links.d lan1 added',
        'links.d lan1 removed',
        'links.d lan1 added',
        '',
      ]);
      expect((await started(lab)).filter(run => / (to|wan0)$/.test(run) && run !== 'links.d wan0')).toEqual([]);
    }));

  test(
    '1,000 renames with networkd reacting to each: never a stale or empty name in an environment',
    async () =>
      withLab(async lab => {
        const links = Array.from({ length: 50 }, (_, n) => n);
        await lab.sh(links.map(n => `ip link add a${n}-0 type bridge`).join('\n'));
        await startBus(lab);
        await startNetworkd(lab);
        const note = '#!/bin/sh\necho "$EVENT $LINK $LINKINDEX ${OLDLINK-}" >>/var/log/names\n';
        for (const directory of ['links.d', 'off.d']) await installScript(lab, directory, '10-name', note);
        await lab.write('/var/log/names', '', 0o666);
        await configureBroker(lab, generator('systemd-networkd', '[Network]\nLinks = "a*"\n'));
        const broker = await startBroker(lab);
        const names = async (): Promise<readonly string[]> =>
          (await lab.read('/var/log/names')).split('\n').filter(Boolean);
        const present = new Map((await list(lab)).map(({ ifindex, ifname }) => [String(ifindex), ifname]));
        // Down and up, so that networkd has something to say before and after each.
        for (let round = 0; round < 20; round++) {
          const commands = links.map(
            n =>
              `link set a${n}-${round} down\nlink set a${n}-${round} name a${n}-${round + 1}\nlink set a${n}-${round + 1} up\n`,
          );
          await lab.write('/tmp/batch', commands.join(''));
          await lab.sh('ip -batch /tmp/batch');
        }
        let before = 0;
        await lab.until(
          'all scripts to have run',
          async () => {
            await wait(1000);
            const all = await names();
            const isQuiet = all.length === before;
            before = all.length;
            return isQuiet && all.filter(line => line.startsWith('link ')).length === 1000;
          },
          120,
        );
        await broker.stop();

        const wrong: string[] = [];
        const told = { link: 0, 'link-state': 0 };
        for (const line of await names()) {
          const [event = '', name = '', ifindex = '', oldName = ''] = line.split(' ');
          if (event === 'link') {
            if (oldName !== present.get(ifindex)) wrong.push(line);
            present.set(ifindex, name);
            told.link += 1;
          } else {
            if (name !== present.get(ifindex)) wrong.push(line);
            told['link-state'] += 1;
          }
        }
        expect(wrong).toEqual([]);
        expect(told.link).toBe(1000);
        expect(told['link-state']).toBeGreaterThan(900);
        expect(broker.log().filter(({ message }) => message.includes('expected the kernel to name it'))).toEqual([]);
      }),
    150_000,
  );
});

describeLive('an address that goes and comes back before the daemon reads of it', () => {
  test('runs the scripts of the state again: the routes that they had set went with it', async () =>
    withLab(async lab => {
      await lab.sh(`
        ip link add eth0 type veth peer name to; ip link set to up; ip link set eth0 addrgenmode none up
        ip address add 192.0.2.5/24 dev eth0`);
      await installScript(lab, 'routable.d', '10-route', '#!/bin/sh\nip route replace 10.0.0.0/8 via 192.0.2.1\n');
      await configureBroker(lab, `${generator('rtnetlink')}[Network]\nLinks = "eth0"\n`);
      const broker = await startBroker(lab);
      const isRouted = async (): Promise<boolean> => (await lab.sh('ip route')).includes('10.0.0.0/8');
      await lab.until('the route', isRouted);
      await broker.pause();
      await lab.sh('ip address delete 192.0.2.5/24 dev eth0; ip address add 192.0.2.5/24 dev eth0');
      expect(await isRouted()).toBe(false);
      await broker.goOn();
      await lab.until('the route again', isRouted);
      await broker.stop();
    }));
});

describeLive('messages that the kernel had to drop', () => {
  test('everything is read again: exactly the differences are events, and one warning says so', async () =>
    withLab(async lab => {
      await lab.sh(`
        ip link add eth0 type veth peer name to; ip link set eth0 addrgenmode none up; ip link set to addrgenmode none up
        ip link add eth1 type veth peer name to1; ip link add br0 type bridge
        ip address add 192.0.2.5/24 dev eth0; ip address add 198.51.100.5/24 dev eth0; ip address add 203.0.113.5/24 dev eth1`);
      await lab.write('/var/log/told', '', 0o666);
      const note = '#!/bin/sh\necho "$LINK $ACTION ${ADDRESS-}${OLDLINK-}" >>/var/log/told\n';
      for (const directory of ['links.d', 'addresses.d']) await installScript(lab, directory, '10-note', note);
      await configureBroker(lab, generator('rtnetlink'));
      const broker = await startBroker(lab);
      await untilQuiet(lab, broker);
      await lab.sh(': >/var/log/told');

      await broker.pause();
      // Words about a link that say nothing new, until no more of them fit.
      const words = Array.from({ length: 20_000 }, (_, n) => `link set to alias a${n}\n`);
      await lab.write('/tmp/batch', words.join(''));
      await lab.sh(`
        ip -batch /tmp/batch
        ip link set eth1 name lan1; ip link delete br0; ip link add br1 type bridge
        ip address delete 192.0.2.5/24 dev eth0; ip address add 192.0.2.6/24 dev eth0
        ip address delete 198.51.100.5/24 dev eth0; ip address add 198.51.100.5/24 dev eth0
        ip link add br2 type bridge; ip link delete br2`);
      await broker.goOn();
      await untilLogged(lab, broker, 'the warning', ({ code }) => code === 'kernel-overrun');
      await untilQuiet(lab, broker);
      await broker.stop();

      const told = (await lab.read('/var/log/told')).split('\n').map(line => line.trim());
      expect(told.filter(line => line !== '' && !line.startsWith('quiet')).sort()).toEqual([
        'br0 removed',
        'br1 added',
        'eth0 added 192.0.2.6/24',
        'eth0 removed 192.0.2.5/24',
        'lan1 changed 203.0.113.5/24', // the label follows the name
        'lan1 renamed eth1',
      ]);
      expect(broker.log().filter(({ code }) => code === 'kernel-overrun')).toMatchObject([
        { message: expect.stringMatching(/came faster than they were read, \d+ times?; everything is read again/) },
      ]);
    }));
});
