import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { dirname, join } from 'node:path';
import { configureBroker, scriptDirectory, startBroker } from '../lab/daemons/broker.js';
import { checkout } from '../lab/checkout.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';

const [etc, run, usr] = [scriptDirectory, '/run/network-broker.d', '/usr/share/network-broker'];

let lab: Lab;

/** A script that writes its own path and the link. */
const install = async (path: string): Promise<void> => {
  await lab.sh(`mkdir -p -m 755 ${dirname(dirname(path))} ${dirname(path)}`);
  await lab.write(path, '#!/bin/sh\necho "$LINK $0" >>/tmp/ran\n');
  await lab.sh(`chmod 755 ${path}`);
};
const ran = async (link: string): Promise<readonly string[]> =>
  (await lab.read('/tmp/ran')).split('\n').filter(line => line.startsWith(`${link} `));
/** Adds a link; what ran for it once the last of all scripts has. */
const added = async (link: string): Promise<readonly string[]> => {
  await lab.sh(`ip link add ${link} type veth peer name to-${link}`);
  await lab.until('the last script', async () => (await ran(link)).some(line => line.endsWith('/99-last')));
  return ran(link);
};

beforeEach(async () => {
  lab = await openLab();
  await lab.sh(`chmod 1777 /tmp; mkdir -m 755 /tmp/upper /tmp/work
    mount -t overlay -o lowerdir=/usr/share,upperdir=/tmp/upper,workdir=/tmp/work overlay /usr/share`);
  await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\n');
});
afterEach(() => lab.close());

describeLive('script trees', () => {
  test('scripts of packages and of this boot run among those of the administrator, who replaces and disables them by name', async () => {
    for (const path of [
      ...[`${etc}/links.d/20-own`, `${etc}/links.d/30-both`, `${etc}/links.d/99-last`],
      ...[`${run}/links.d/10-boot`, `${run}/links.d/40-run`],
      ...[`${usr}/links.d/15-package`, `${usr}/links.d/30-both`, `${usr}/links.d/40-run`],
    ])
      await install(path);
    await startBroker(lab);
    expect(await added('eth1')).toEqual(
      [
        ...[`${run}/links.d/10-boot`, `${usr}/links.d/15-package`, `${etc}/links.d/20-own`],
        ...[`${etc}/links.d/30-both`, `${run}/links.d/40-run`, `${etc}/links.d/99-last`],
      ].map(path => `eth1 ${path}`),
    );

    await lab.sh(
      `ln -s /dev/null ${etc}/links.d/15-package; ln -s /dev/null ${run}/links.d/20-own; chmod go+w ${run}/links.d`,
    );
    expect(await added('eth2')).toEqual(
      [`${etc}/links.d/20-own`, `${etc}/links.d/30-both`, `${etc}/links.d/99-last`].map(path => `eth2 ${path}`),
    );
    const env = { PATH: `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin` };
    const broker = join(checkout, 'bin', 'network-broker');
    const explained = await lab.sh(`${broker} explain eth2 links.d`, { env });
    expect(explained).toContain(`${etc}/links.d/15-package  off: a link to /dev/null disables its name`);
    expect(explained).toContain(
      `script directory ${run}/links.d is refused: ${run}/links.d is writable by group or others`,
    );
    expect(await lab.sh(`${broker} check 2>&1 || true`, { env })).toContain(`${etc}, ${run}, ${usr}: `);
  });

  test('further trees come with a reload, are for their links, have their own time limits, and none runs for root as somebody else', async () => {
    const env = { PATH: `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin` };
    const network_broker = join(checkout, 'bin', 'network-broker');
    await install(`${etc}/links.d/99-last`);
    await install('/etc/hooks/links.d/10-hook');
    await lab.write('/etc/hooks/links.d/20-slow', '#!/bin/sh\nexec sleep 1000\n', 0o755);
    await lab.write('/etc/as-root/links.d/10-root', '#!/bin/sh\ntouch /tmp/root-ran-$(id -u)\n', 0o755);
    await lab.sh('chmod 755 /etc/as-root /etc/as-root/links.d');
    const broker = await startBroker(lab);
    expect(await added('eth1')).toEqual([`eth1 ${etc}/links.d/99-last`]);

    await configureBroker(
      lab,
      `[System]\nGenerator = "rtnetlink"
[[Tree]]
Path = "/etc/hooks:/usr/share/hooks"
Links = "eth* !eth3"
[Tree."links.d"]
TimeoutSec = 0.5
[[Tree]]
Path = "/etc/as-root"
User = "root"
[[Tree]]
Path = "/etc/none"
`,
    );
    await lab.sh(`kill -HUP ${broker.pid}`);
    const said = (text: string) => broker.log().filter(({ message }) => message.includes(text));
    await lab.until('the reload', () => said('/etc/none').length > 0);
    const done = (link: string) =>
      lab.until(`the scripts of ${link}`, () => said('10-root').some(record => record.link === link));
    await lab.sh('ip link add eth2 type veth peer name to-eth2; ip link add eth3 type veth peer name to-eth3');
    await Promise.all(['eth2', 'eth3'].map(done));
    expect(await ran('eth2')).toEqual([`eth2 ${etc}/links.d/99-last`, 'eth2 /etc/hooks/links.d/10-hook']);
    expect(await ran('eth3')).toEqual([`eth3 ${etc}/links.d/99-last`]);
    expect(said('20-slow').some(({ message }) => message.includes('SIGTERM'))).toBe(true);
    expect(said('10-root').map(({ message }) => message)).toContainEqual(
      expect.stringContaining('could not be started: there is no root executor'),
    );
    expect(await lab.sh('ls /tmp')).not.toContain('root-ran');
    expect(said('script tree /etc/none (network-broker) does not exist')).toHaveLength(1);

    const explained = await lab.sh(`${network_broker} explain eth2 links.d`, { env });
    expect(explained).toMatch(/^\/etc\/hooks\/links\.d\n {2}2 {2}\/etc\/hooks\/links\.d\/10-hook$/m);
    expect(explained).toMatch(/^\/etc\/as-root\/links\.d {2}\(as root\)$/m);
    expect(await lab.sh(`${network_broker} explain eth3 links.d`, { env })).not.toContain('/etc/hooks');
    const checked = await lab.sh(`${network_broker} check 2>&1 || true`, { env });
    expect(checked).toContain('/etc/hooks (network-broker): 2 scripts in 1 directories');
    expect(checked).toContain('/etc/none (network-broker) does not exist: no scripts will run');
    await broker.stop();
  });

  test('a package that is installed while the daemon runs has its events from then on', async () => {
    const broker = await startBroker(lab);
    await lab.sh('ip link add eth1 type veth peer name to-eth1; ip link set eth1 up; ip link set to-eth1 up');
    await install(`${usr}/routes.d/10-package`);
    await lab.until('routes to be reported', async () => {
      await lab.sh(
        'ip address flush dev eth1; ip address add 192.0.2.5/24 dev eth1; ip route add 198.51.100.0/24 via 192.0.2.1',
      );
      return (await ran('eth1')).length > 0 || !broker.running();
    });
    expect(new Set(await ran('eth1'))).toEqual(new Set([`eth1 ${usr}/routes.d/10-package`]));
  });
});
