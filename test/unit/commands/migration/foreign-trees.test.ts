import { describe, expect, test } from '@jest/globals';
import { concat, lastValueFrom, NEVER, of, throwError } from 'rxjs';
import { foreignTrees } from '../../../../src/commands/migration/foreign-trees.js';
import { type Answer, fakeBus, fakeConnection } from '../../../../src/fakes/fake-bus.js';
import { fakeFiles, type FakeTree, linkTo, place, script } from '../../../../src/fakes/fake-files.js';
import type { Bus } from '../../../../src/system/bus/bus.js';
import { migration } from '../../../../src/text/migration.js';

const noBus: Bus = fakeBus(throwError(() => new Error('no bus')));

/** A bus where these units are active and these names are owned. */
const busWith = (units: readonly string[], names: readonly string[] = []): Bus => {
  const answer: Answer = ({ member, body = [] }) =>
    member === 'ListUnitsByPatterns'
      ? [units.map(name => [name, '', 'loaded', 'active', 'running', '', '/', 0, '', '/'])]
      : [names.includes(String(body[0]))];
  return fakeBus(concat(of(fakeConnection(NEVER, answer)), NEVER));
};

const said = async (tree: FakeTree, bus: Bus, installed: readonly string[] = []): Promise<string> =>
  migration(
    await lastValueFrom(
      foreignTrees(
        fakeFiles(tree),
        path => installed.includes(path),
        () => bus,
      ),
      { defaultValue: [] },
    ),
  );

const nd = '/etc/networkd-dispatcher';
const nm = '/etc/NetworkManager/dispatcher.d';
const vendor = '/usr/lib/NetworkManager/dispatcher.d';
const directory = (path: string) => script(path, { kind: 'directory' });

const both: FakeTree = {
  directories: {
    [nd]: [directory(`${nd}/routable.d`), directory(`${nd}/online.d`)],
    [`${nd}/routable.d`]: ['50-mine', script(`${nd}/routable.d/60-users`, { uid: 1000 })],
    [`${nd}/online.d`]: ['10-never'],
    '/usr/lib/networkd-dispatcher': [directory('/usr/lib/networkd-dispatcher/routable.d')],
    '/usr/lib/networkd-dispatcher/routable.d': ['postfix'],
    [nm]: [
      '10-mine',
      linkTo(`${nm}/20-quick`, place(`${nm}/no-wait.d/20-quick`)),
      ...['no-wait.d', 'pre-up.d', 'pre-down.d'].map(name => directory(`${nm}/${name}`)),
    ],
    [`${nm}/no-wait.d`]: ['20-quick'],
    [`${nm}/pre-up.d`]: ['10-early'],
    [`${nm}/pre-down.d`]: [],
    [vendor]: ['20-chrony-onoffline', linkTo(`${vendor}/01-off`, place('/dev/null', { kind: 'other' }))],
  },
  texts: { '/etc/default/networkd-dispatcher': 'networkd_dispatcher_args="--run-startup-triggers --frobnicate"\n' },
};

describe('migrate', () => {
  test('says of each script when it would run and why not, and writes tables: of NetworkManager’s none that is in force while it runs', async () => {
    const bus = busWith(['networkd-dispatcher.service'], ['org.freedesktop.NetworkManager']);
    expect(await said(both, bus)).toBe(
      `# Scripts that changes of the network run on this host, and what network-broker makes of them. To put it into force:
#   network-broker migrate >/etc/network-broker/network-broker.toml.d/50-migrated.toml && network-broker check

# networkd-dispatcher runs on this host (told --run-startup-triggers).
# It was told --frobnicate, which means nothing to network-broker.
#   /etc/networkd-dispatcher/online.d/10-never
#       never: no state of a link is called online: networkd-dispatcher has not run it either
#   /etc/networkd-dispatcher/routable.d/50-mine
#       when a link becomes routable
#   /etc/networkd-dispatcher/routable.d/60-users
#       never: /etc/networkd-dispatcher/routable.d/60-users belongs to user 1000, expected root: chown it
#   /usr/lib/networkd-dispatcher/routable.d/postfix
#       when a link becomes routable
# Before network-broker starts, or else each runs twice: systemctl disable --now networkd-dispatcher
# They have been root’s, and User = "root" keeps it so: systemctl enable --now network-broker-root.socket
# Without that line they run as the user network-broker, which may configure the network and little else.
# Each may take 90 s, after that it is ended (TimeoutSec = …): until now there was no limit.

[[Tree]]
Style = "networkd-dispatcher"
User = "root"
StartupTriggers = true

# NetworkManager runs on this host.
#   /etc/NetworkManager/dispatcher.d/10-mine
#       at up, down, dhcp4-change, dhcp6-change and connectivity-change
#   /usr/lib/NetworkManager/dispatcher.d/20-chrony-onoffline
#       at up, down, dhcp4-change, dhcp6-change and connectivity-change
#   /etc/NetworkManager/dispatcher.d/20-quick
#       at up, down, dhcp4-change, dhcp6-change and connectivity-change, without waiting for the others
#   /etc/NetworkManager/dispatcher.d/pre-up.d/10-early
#       never: network-broker learns of a link once it is up, and cannot hold it back
# As long as NetworkManager runs, it runs these scripts, and network-broker must not: each would run twice. Once
# systemd-networkd configures the links (systemctl disable --now NetworkManager), remove the # before the table below.
# They have been root’s, and User = "root" keeps it so: systemctl enable --now network-broker-root.socket
# Without that line they run as the user network-broker, which may configure the network and little else.
# They are not told of hostname, vpn-up, vpn-down, reapply, and get no CONNECTION_UUID: see migrating.md.

# [[Tree]]
# Style = "NetworkManager"
# User = "root"
# TimeoutSec = 600
`,
    );
  });

  test('a program that is installed and does not run has left its scripts to us; one that is not there never ran them', async () => {
    const text = await said(both, noBus, ['/usr/sbin/NetworkManager']);
    expect(text).toContain('# NetworkManager is installed on this host, but does not run.');
    expect(text).toContain('\n[[Tree]]\nStyle = "NetworkManager"');
    expect(text).toContain(
      '# networkd-dispatcher is not installed on this host: other packages bring these scripts for it',
    );
    expect(text).toContain('\n# [[Tree]]\n# Style = "networkd-dispatcher"');
  });

  test('another script directory is the path of the table', async () => {
    const texts = { '/etc/default/networkd-dispatcher': 'networkd_dispatcher_args="-S /opt/hooks"' };
    const directories = { '/opt/hooks': [directory('/opt/hooks/off.d')], '/opt/hooks/off.d': ['a'] };
    const text = await said({ texts, directories }, busWith(['networkd-dispatcher.service']));
    expect(text).toContain('\n[[Tree]]\nStyle = "networkd-dispatcher"\nPath = ["/opt/hooks"]\nUser = "root"\n');
  });

  test('a host that has neither has nothing to be written', async () => {
    const text = await said({}, noBus);
    expect(text).toContain('# networkd-dispatcher is not installed on this host, and has no scripts.');
    expect(text).not.toContain('[[Tree]]');
  });
});
