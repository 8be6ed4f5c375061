import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { configureBroker, startBroker, untilLogged } from '../lab/daemons/broker.js';
import { startBus } from '../lab/daemons/bus.js';
import { configureDhcp, layCables, plug, unplug, untilConfigured, untilOperational } from '../lab/cables.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import type { Process } from '../lab/process.js';
import { startNetworkd } from '../lab/daemons/networkd.js';
import { startRouter } from '../lab/daemons/router.js';
import { stateWords } from '../../../src/model/script-directories.js';

const [etc, usr] = ['/etc/networkd-dispatcher', '/usr/lib/networkd-dispatcher'];
const configuration = (more = ''): string =>
  `[System]\nGenerator = "systemd-networkd rtnetlink"\n[Scripts]\nMaxParallel = 1\n[[Tree]]\nStyle = "networkd-dispatcher"\n${more}`;

/** Writes down its path, its arguments and its whole environment, apart for each daemon: theirs has WHO in its own. */
const recorder = `#!/bin/sh
{ printf '%s\\0' "$0 $#"; env -0; printf '\\1'; } >/tmp/record.$$
cat /tmp/record.$$ >>/tmp/ran-by.\${WHO:-ours}
`;
/** What every process has from its shell, and what their daemon passes on of its own environment. */
const ofShell = ['PWD', 'OLDPWD', '_', 'SHLVL'];
const inherited = ['HOME', 'LC_CTYPE', 'PYTHONUNBUFFERED', 'WHO'];

interface Run {
  readonly path: string;
  readonly variables: Readonly<Record<string, string>>;
}
const split = (text: string, at: string): [string, string] => {
  const where = text.indexOf(at);
  return [text.slice(0, where), text.slice(where + 1)];
};
let lab: Lab;
const runsBy = async (who: 'ours' | 'theirs'): Promise<readonly Run[]> =>
  (await lab.read(`/tmp/ran-by.${who}`))
    .split('\u0001')
    .slice(0, -1)
    .map(record => {
      const [path = '', ...variables] = record.split('\0').filter(text => text !== '');
      const all = variables.map(text => split(text, '=')).filter(([name]) => !ofShell.includes(name));
      return { path, variables: Object.fromEntries(all) };
    });
const shown = ({ path, variables: { IFACE, STATE } }: Run): string => `${IFACE ?? ''} ${STATE ?? ''} ${path}`;
const of = (link: string, runs: readonly Run[]): readonly Run[] => runs.filter(run => run.variables.IFACE === link);
const install = async (...paths: readonly string[]): Promise<void> => {
  for (const path of paths) await lab.write(path, recorder, 0o755);
};
const startTheirs = async (...options: readonly string[]): Promise<Process> => {
  const theirs = await lab.start('networkd-dispatcher', ['/usr/bin/networkd-dispatcher', '-v', ...options], {
    env: { WHO: 'theirs', PYTHONUNBUFFERED: '1' },
  });
  await lab.until('theirs to serve', () => theirs.lines.some(({ text }) => text.includes('Startup complete')));
  return theirs;
};
/** Both have run this script for this link and state so often. */
const untilBoth = async (link: string, state: string, script: string, times: number): Promise<void> => {
  for (const who of ['ours', 'theirs'] as const)
    await lab.until(
      `${who} to run ${script} for ${link}`,
      async () => (await runsBy(who)).filter(run => shown(run) === `${link} ${state} ${script} 0`).length === times,
      60,
    );
};

beforeEach(async () => {
  lab = await openLab({ programs: ['/usr/bin/networkd-dispatcher'] });
  await lab.sh(`chmod 1777 /tmp; mkdir -m 755 /tmp/upper /tmp/work
    mount -t overlay -o lowerdir=/usr/lib,upperdir=/tmp/upper,workdir=/tmp/work overlay /usr/lib
    rm -rf ${etc} ${usr}; mkdir -p -m 755 ${etc} ${usr}`);
  const inAll = stateWords.flatMap(state => [
    `${etc}/${state}.d/50-both`,
    `${usr}/${state}.d/50-both`,
    `${usr}/${state}.d/10-usr`,
  ]);
  await install(...inAll);
  await lab.sh(`find ${etc} ${usr} -type d -exec chmod 755 {} +`);
  await startBus(lab);
  await startRouter(lab);
  await layCables(lab, [0]);
  await configureDhcp(lab, 'eth0');
  const lines = ['Address=192.0.2.7/24', 'Address=192.0.2.3/24', 'Address=2001:db8::5/64', 'Gateway=192.0.2.1'];
  const more = ['DNS=192.0.2.53', 'Domains=example.com ~corp.example', 'NTP=192.0.2.9'];
  await lab.write(
    '/etc/systemd/network/new.network',
    ['[Match]', 'Name=new0', '[Network]', ...lines, ...more, ''].join('\n'),
  );
  await plug(lab, ['eth0']);
  await startNetworkd(lab);
  await untilConfigured(lab, 'eth0');
  await untilOperational(lab, 'eth0', 'routable');
});
afterEach(() => lab.close());

/** What `networkctl status` says and we have no source for. */
const untold = [
  ...[
    'Activation Policy',
    'Auto negotiation',
    'DHCP4 Client ID',
    'DHCP6 Client DUID',
    'Duplex',
    'IPv6 Address Generation Mode',
    'Kind',
  ],
  ...['Number of Queues (Tx/Rx)', 'Port', 'QDisc', 'Required For Online', 'Speed'],
];
/** What the carrier takes with it, a moment after the state has been told. */
const going = {
  variables: ['ADDR', 'IP_ADDRS', 'IP6_ADDRS'],
  keys: ['Address', 'Gateway', 'DNS', 'NTP', 'Search Domains', 'Route Domains'],
};
/** Equal in both, but for what is listed here: without udev networkctl knows no driver, and we know no limits of the MTU. */
const comparable = (json: string, state: string): unknown => {
  const { MTU, ...rest } = JSON.parse(json) as Readonly<Record<string, unknown>>;
  const moving = ['Driver', ...untold, ...(state === 'no-carrier' ? going.keys : [])];
  const known = Object.entries(rest).filter(([key]) => !moving.includes(key));
  return { ...Object.fromEntries(known), ...(Array.isArray(MTU) && { MTU: String(MTU[0]).split(' ')[0] }) };
};

describeLive('a tree of networkd-dispatcher, beside networkd-dispatcher itself', () => {
  test('the same scripts run in the same order with the same variables', async () => {
    await lab.sh(`cd ${etc}/no-carrier.d; cp 50-both .hidden; cp 50-both 60-backup~; cp 50-both 20-mode; chmod 750 20-mode
      ln -s /dev/null 30-masked; mkdir -m 755 /usr/lib/hooks; cp 50-both /usr/lib/hooks/40-link; ln -s /usr/lib/hooks/40-link 40-link
      cp 50-both ${usr}/no-carrier.d/20-mode; cp 50-both ${usr}/no-carrier.d/30-masked
      printf '#!/bin/sh\\nexit 3\\n' >05-fails; chmod 755 05-fails
      mkdir -p ${usr}/degraded.d; cp 50-both ${usr}/degraded.d/10-usr; chmod 750 ${usr}/degraded.d`);
    await configureBroker(lab, configuration());
    const [ours, theirs] = [await startBroker(lab), await startTheirs()];

    await lab.sh('ip link add new0 type veth peer name to-new0 netns router');
    await plug(lab, ['new0']);
    await untilBoth('new0', 'configured', `${etc}/configured.d/50-both`, 1);
    await unplug(lab, ['eth0']);
    await untilBoth('eth0', 'no-carrier', `${etc}/no-carrier.d/60-backup~`, 1);
    await plug(lab, ['eth0']);
    await untilBoth('eth0', 'configured', `${etc}/configured.d/50-both`, 1);
    await lab.sh('ip link delete new0');
    await untilBoth('new0', 'linger', `${etc}/linger.d/50-both`, 1);
    await Promise.all([ours.stop(), theirs.stop()]);

    const [byOurs, byTheirs] = [await runsBy('ours'), await runsBy('theirs')];
    const atStart = of('eth0', byOurs).findIndex(({ variables }) => variables.STATE === 'no-carrier');
    expect(atStart).toBe(0); // what was so before is no event
    for (const link of ['eth0', 'new0']) expect(of(link, byOurs).map(shown)).toEqual(of(link, byTheirs).map(shown));
    expect(of('eth0', byTheirs).map(shown)).toEqual(
      expect.arrayContaining(
        [
          `${etc}/no-carrier.d/.hidden`,
          `${usr}/no-carrier.d/20-mode`,
          `${usr}/no-carrier.d/30-masked`,
          `${etc}/no-carrier.d/40-link`,
        ].map(path => `eth0 no-carrier ${path} 0`),
      ),
    );

    const names = ({ variables }: Run): readonly string[] =>
      Object.keys(variables)
        .filter(name => !inherited.includes(name))
        .sort();
    byOurs.forEach(run => expect(names(run)).toEqual([...names(byTheirs[0] ?? run)]));
    // Theirs asks networkctl for addresses some 50 ms after the state, ours runs at once: equal is what has come to rest.
    const compared = (runs: readonly Run[]) =>
      runs
        .filter(({ variables: { STATE = '' } }) => ['no-carrier', 'configured', 'linger'].includes(STATE))
        .filter(({ variables: { IFACE, STATE } }) => IFACE === 'eth0' || STATE !== 'no-carrier')
        .map(({ variables: { json = '', ...variables } }) => {
          const { STATE = '' } = variables;
          const moving = ['PATH', ...inherited, ...(STATE === 'no-carrier' ? going.variables : [])];
          return {
            ...Object.fromEntries(Object.entries(variables).filter(([name]) => !moving.includes(name))),
            json: comparable(json, STATE),
          };
        });
    for (const link of ['eth0', 'new0']) expect(compared(of(link, byOurs))).toEqual(compared(of(link, byTheirs)));
    expect(compared(of('new0', byOurs))[0]).toMatchObject({
      ADDR: '192.0.2.3',
      IP_ADDRS: '192.0.2.3 192.0.2.7',
      IP6_ADDRS: '2001:db8::5',
      ESSID: '',
    });
    // The states as each knows them: of a new link theirs asks networkctl, which is ahead of the signals.
    const states = (runs: readonly Run[]) =>
      runs
        .filter(({ variables: { IFACE, STATE } }) => IFACE === 'eth0' || STATE !== 'off')
        .map(({ variables: { STATE, AdministrativeState, OperationalState } }) => [
          STATE,
          AdministrativeState,
          OperationalState,
        ]);
    for (const link of ['eth0', 'new0']) expect(states(of(link, byOurs))).toEqual(states(of(link, byTheirs)));
  }, 180_000);

  test('-T and StartupTriggers run them for the states that are there, without them nothing does; ours not once more after a restart', async () => {
    const rest = async (): Promise<void> => {
      await lab.sh('ip link add new0 type veth peer name to-new0 netns router');
      await untilBoth('new0', 'no-carrier', `${etc}/no-carrier.d/50-both`, 1);
    };
    await configureBroker(lab, configuration());
    const [quiet, quietTheirs] = [await startBroker(lab), await startTheirs()];
    await rest();
    expect(of('eth0', [...(await runsBy('ours')), ...(await runsBy('theirs'))])).toEqual([]);
    await Promise.all([quiet.stop(), quietTheirs.stop()]);

    await lab.sh('ip link delete new0; rm -rf /tmp/ran-by.* /run/network-broker/state.json');
    await configureBroker(lab, configuration('StartupTriggers = true\n'));
    const [ours, theirs] = [await startBroker(lab), await startTheirs('-T')];
    await untilBoth('eth0', 'routable', `${etc}/routable.d/50-both`, 1);
    const [byOurs, byTheirs] = [await runsBy('ours'), await runsBy('theirs')];
    expect(of('eth0', byOurs).map(shown)).toEqual(of('eth0', byTheirs).map(shown));
    expect(of('lo', byTheirs)).not.toEqual([]);
    expect(of('lo', byOurs)).toEqual([]); // [Network] Links leaves lo out
    await Promise.all([ours.stop(), theirs.stop()]);

    await lab.sh('rm -f /tmp/ran-by.*');
    const again = await startBroker(lab);
    await untilLogged(lab, again, 'that it is ready', ({ message }) => message.startsWith('ready'));
    const theirsAgain = await startTheirs('-T');
    await lab.until(
      'theirs to run them again',
      async () =>
        of('eth0', await runsBy('theirs')).length === byTheirs.filter(run => run.variables.IFACE === 'eth0').length,
    );
    expect(of('eth0', await runsBy('ours'))).toEqual([]);
    await Promise.all([again.stop(), theirsAgain.stop()]);
  }, 180_000);
});
