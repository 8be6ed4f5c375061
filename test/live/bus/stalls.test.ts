import { expect, test } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { type Broker, configureBroker, startBroker, untilLogged } from '../lab/daemons/broker.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { installScript } from '../lab/scripts.js';

const ran = '/var/log/ran';
const withLab = async (body: (lab: Lab) => Promise<void>, timeout = 90): Promise<void> => {
  const lab = await openLab();
  try {
    await configureBroker(
      lab,
      `[System]\nGenerator = "rtnetlink"\n[Network]\nLinks = "eth0"\n[Scripts]\nTimeoutSec = ${timeout}\n`,
    );
    await lab.sh(`ip link add eth0 type veth peer name cable; install -m 666 /dev/null ${ran}`);
    await body(lab);
  } finally {
    await lab.close();
  }
};
const addAddress = (lab: Lab, address: string): Promise<string> => lab.sh(`ip address add ${address} dev eth0`);

describeLive('a daemon that stood still', () => {
  test('does not call a script late that had ended in time', () =>
    withLab(async lab => {
      await installScript(
        lab,
        'addresses.d',
        '10-short',
        `#!/bin/sh\necho begun >>${ran}\nsleep 1\necho ended >>${ran}\n`,
      );
      const broker = await startBroker(lab);
      await addAddress(lab, '192.0.2.1/24');
      await lab.until('the script to run', async () => (await lab.read(ran)).includes('begun'));
      await broker.pause();
      await lab.until('the script to end', async () => (await lab.read(ran)).includes('ended'));
      await wait(3_000); // what stands still cannot tell when its limit of 3 s has passed
      await broker.goOn();
      expect(await untilLogged(lab, broker, 'the end', ({ kind }) => kind === 'script')).toMatchObject({
        status: 0,
        timedOut: false,
      });
    }, 3));
});

/** Lets the daemon open so many descriptors more: the limit is a number that none of its own may reach. */
const allow = async (lab: Lab, { pid }: Broker, more: number): Promise<void> => {
  const open = (await lab.sh(`ls /proc/${pid}/fd`)).trim().split('\n').map(Number);
  const free = Array.from({ length: 1000 }, (_unused, fd) => fd).filter(fd => !open.includes(fd));
  await lab.sh(`prlimit --pid ${pid} --nofile=${free[more]}:`, { as: 'network-broker' });
};

describeLive('a daemon that may open no more files', () => {
  test.each([
    ['to look for scripts', 0],
    ['to start one', 1],
  ])('%s waits until it may, and runs everything in its order', (_, more) =>
    withLab(async lab => {
      await installScript(lab, 'addresses.d', '10-a', `#!/bin/sh\necho "a $ADDRESS" >>${ran}\n`);
      await installScript(lab, 'addresses.d', '20-b', `#!/bin/sh\necho "b $ADDRESS" >>${ran}\n`);
      const broker = await startBroker(lab);
      await allow(lab, broker, more);
      await addAddress(lab, '192.0.2.1/24');
      await addAddress(lab, '192.0.2.2/24');
      await untilLogged(lab, broker, 'both events', ({ address }) => address === '192.0.2.2/24');
      await wait(500); // whoever did not wait has given up by now
      expect(await lab.read(ran)).toBe('');
      await lab.sh(`prlimit --pid ${broker.pid} --nofile=1024:`, { as: 'network-broker' });
      const all = ['a 192.0.2.1/24', 'b 192.0.2.1/24', 'a 192.0.2.2/24', 'b 192.0.2.2/24'];
      await lab.until('all scripts', async () => (await lab.read(ran)).split('\n').length > all.length);
      expect(await lab.read(ran)).toBe(`${all.join('\n')}\n`);
      expect(broker.log().filter(({ kind, code }) => kind === 'fault' && code !== 'directory-missing')).toEqual([]);
    }),
  );
});
