import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { configureBroker, scriptDirectory, startBroker } from '../lab/daemons/broker.js';
import { checkout } from '../lab/checkout.js';
import { type Lab, withLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { withNetwork } from '../lab/network.js';
import { prepareRecords, started, installRecorders } from '../lab/scripts.js';

const env = { PATH: `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin` };
const launcher = join(checkout, 'bin', 'network-broker');
const ask = (lab: Lab, words: string): Promise<string> => lab.sh(`${launcher} ${words} 2>&1`, { env });

/** Links whose names differ in a byte that is no UTF-8, for sh. */
const WL0 = `"$(printf 'wl\\344n0')"`;
const WL1 = `"$(printf 'wl\\345n0')"`;
const NEW = `"$(printf 'wl\\346n0')"`;

const records = '/var/log/scripts';
/** Writes down the bytes of the names it is given. */
const recorder = `#!/bin/sh
hex() { printf %s "$1" | od -An -tx1 | tr -d ' \\n'; }
ip link show dev "$LINK" >/dev/null 2>&1 && there=yes || there=no
echo "$(hex "\${0##*/}") $EVENT $ACTION $OperationalState $(hex "$LINK") $(hex "$OLDLINK") $there" >>${records}
echo "ran for $LINK"
`;
const hexOf = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

/** Installs the recorder under a name that sh makes. */
const install = async (lab: Lab, directory: string, ...names: readonly string[]): Promise<void> => {
  await lab.write('/tmp/recorder', recorder, 0o755);
  await lab.sh(`mkdir -p ${scriptDirectory}/${directory}`);
  for (const name of names) await lab.sh(`cp -p /tmp/recorder "$(printf '${scriptDirectory}/${directory}/${name}')"`);
};

const recorded = async (lab: Lab): Promise<readonly string[]> => (await lab.read(records)).split('\n').filter(Boolean);

const settings = (generator: string): string => `[System]
Generator = "${generator}"
Trace = 4
[Network]
Links = "wl?n0"
RoutingPolicyRules = "wl*n0"
`;

const addLinks = (lab: Lab): Promise<string> =>
  lab.sh(`
    ip link add ${WL0} type veth peer name to0
    ip link add ${WL1} type veth peer name to1
    for link in ${WL0} ${WL1}; do ip link set "$link" addrgenmode none up; done
    ip address add 10.0.0.5/24 dev ${WL0}
    ip address add 10.0.1.5/24 dev ${WL1}
  `);

describeLive('names that are not UTF-8', () => {
  test('of links and scripts reach scripts, the kernel and the file system as the bytes they are, and people as escapes', () =>
    withLab(async lab => {
      await addLinks(lab);
      await prepareRecords(lab);
      await install(lab, 'routable.d', '10-\\377', '10-\\376', '10-\\357\\277\\274');
      await install(lab, 'links.d', '10-\\377');
      await configureBroker(lab, settings('rtnetlink'));
      const broker = await startBroker(lab);
      await lab.sh('ip link set to0 up; ip link set to1 up');
      await lab.until('both links to be served', async () => (await recorded(lab)).length === 6);
      const routable = (await recorded(lab)).filter(line => line.includes(' link-state '));
      for (const link of ['wl\xe4n0', 'wl\xe5n0'])
        expect(routable.filter(line => line.includes(hexOf(link)))).toEqual(
          ['10-\xef\xbf\xbc', '10-\xfe', '10-\xff'].map(
            script => `${hexOf(script)} link-state  routable ${hexOf(link)}  yes`,
          ),
        );

      const ruled = await lab.until('the policy rules of both', async () => {
        const rules = await lab.sh('ip rule');
        return rules.includes('from 10.0.0.5') && rules.includes('from 10.0.1.5') && rules;
      });
      const ifindex = Number(await lab.sh(`cat /sys/class/net/${WL0}/ifindex`));
      expect(ruled).toContain(`from 10.0.0.5 lookup ${9999 + ifindex}`);

      await lab.sh(`ip link set ${WL0} down; ip link set ${WL0} name ${NEW}`);
      await lab.until('the new name', async () => (await recorded(lab)).some(line => line.includes(' link renamed')));
      expect((await recorded(lab)).find(line => line.includes(' link renamed'))).toBe(
        `${hexOf('10-\xff')} link renamed  ${hexOf('wl\xe6n0')} ${hexOf('wl\xe4n0')} yes`,
      );

      const status = await ask(lab, 'status');
      expect(status).toMatch(/^ +\d+ +wl\\xe5n0 +routable/m);
      expect(status).toContain('/routable.d/10-\\xff');
      expect(status).not.toMatch(/[\udc80-\udcff\ufffd]/u);
      const json = JSON.parse(await ask(lab, 'status --json')) as { readonly links: readonly { name: string }[] };
      expect(json.links.map(({ name }) => name)).toEqual(expect.arrayContaining(['wl\udce5n0', 'wl\udce6n0']));
      const explained = await ask(lab, `explain ${WL1} routable`);
      expect(explained).toContain('/routable.d/10-\\xff');
      expect(explained).toContain('LINK=wl\\xe5n0');
      await ask(lab, 'record >/tmp/trace');
      expect(await ask(lab, 'replay /tmp/trace')).toContain('wl\\xe4n0');
      expect(await ask(lab, 'diagram /tmp/trace')).toMatch(/^wl\\xe4n0/m);
      await broker.stop();
      const log = broker.log().map(({ message }) => message);
      expect(log.some(message => message.includes('10-\udcff') && message.includes('wl\udce4n0'))).toBe(true);
      expect(log.some(message => message.includes('ran for wl\\xe4n0'))).toBe(true);
    }));

  test('of alternative names choose a link as its name does, and of a directory is where its scripts are', () =>
    withLab(async lab => {
      await lab.sh(`
        ip link add eth0 type veth peer name to0
        ip link set eth0 addrgenmode none up
        ip link property add dev eth0 altname "$(printf 'wl\\377n0')"
        mkdir "$(printf '/tmp/scripts-\\377')"
      `);
      await prepareRecords(lab);
      await install(lab, 'no-carrier.d', '10-\\377');
      await lab.sh(
        `cp -a ${scriptDirectory}/no-carrier.d "$(printf '/tmp/scripts-\\377')"; rm -r ${scriptDirectory}/no-carrier.d`,
      );
      await lab.sh(`ln -s "$(printf '/tmp/scripts-\\377/no-carrier.d')" ${scriptDirectory}/no-carrier.d`);
      await lab.sh(`chmod 755 "$(printf '/tmp/scripts-\\377')"`);
      await configureBroker(lab, settings('rtnetlink'));
      const broker = await startBroker(lab);
      await lab.until('it to be served', async () => (await recorded(lab)).length > 0);
      await broker.stop();
      expect(await recorded(lab)).toEqual([`${hexOf('10-\xff')} link-state  no-carrier ${hexOf('eth0')}  yes`]);
    }));

  test('beside systemd-networkd keep no other link from being served', () =>
    withNetwork(['static'], async ({ lab }) => {
      await addLinks(lab);
      await installRecorders(lab);
      const broker = await startBroker(lab);
      await lab.until('the state at start to be acted on', async () =>
        (await started(lab, 'eth0')).includes('configured.d eth0'),
      );
      await lab.sh('ip link set to0 up; ip link set to1 up; ip link set eth0 down');
      await lab.until('what networkd says of each', async () => {
        const all = await started(lab);
        return all.includes('off.d eth0') && all.filter(run => run.startsWith('routable.d wl')).length >= 2;
      });
      await broker.stop();
    }));
});
