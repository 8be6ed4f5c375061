import { describe, expect, test } from '@jest/globals';
import type { LinkJson } from '../../../src/sinks/link-json/link-json.js';
import { configureBroker, startBroker } from '../lab/daemons/broker.js';
import type { Lab } from '../lab/lab.js';
import { linkTruth } from '../lab/link-truth.js';
import { describeLive } from '../lab/live.js';
import { withNetwork } from '../lab/network.js';
import { directories, installScript } from '../lab/scripts.js';
import { schemaErrors } from '../../link-schema.js';

const records = '/var/log/links';
/** One line a run: whether there is a variable, the file, and the JSON. */
const recorder = `#!/bin/sh
[ "\${JSON:-}" = "$(cat "\${JSON_FILE:-/dev/null}")" ] && same=yes || same=no
echo "$LINK \${JSON+set} $same \${JSON_FILE:--} $(cat "\${JSON_FILE:-/dev/null}")" >>${records}
`;

interface Given {
  readonly link: string;
  readonly isSet: boolean;
  /** variable and file say the same */
  readonly isSame: boolean;
  readonly file: string;
  readonly json: LinkJson | undefined;
}

const install = async (lab: Lab, network = ''): Promise<void> => {
  await lab.write(records, '', 0o666);
  await configureBroker(lab, `[Network]\nLinks="*"\n${network}\n`);
  for (const directory of directories) await installScript(lab, directory, '10-record', recorder);
};

const givenTo = async (lab: Lab, link: string): Promise<readonly Given[]> =>
  (await lab.read(records))
    .split('\n')
    .slice(0, -1) // what follows the last line's end is still being written
    .map(line => /^(\S+) (set)? ?(yes|no) (\S+) (.*)$/.exec(line))
    .flatMap(found => (found?.[1] === link ? [found] : []))
    .map(([, , isSet, isSame, file = '', json = '']) => ({
      link,
      isSet: isSet === 'set',
      isSame: isSame === 'yes',
      file,
      json: json === '' ? undefined : (JSON.parse(json) as LinkJson),
    }));

/** What the last script was given, which is what the installed schema says. */
const untilGiven = async (lab: Lab, link: string): Promise<Given> => {
  const given = await lab.until(`a script of ${link}`, async () => (await givenTo(lab, link)).at(-1));
  if (given.json !== undefined) expect(schemaErrors(given.json)).toEqual([]);
  return given;
};

const build = `
ip link add br0 type bridge
ip link add port0 type veth peer name far0
ip link set port0 master br0
ip link set far0 up; ip link set port0 up; ip link set br0 up alias 'an alias' group 7
ip link property add dev br0 altname uplink altname second
ip tuntap add tap0 mode tap
ip link set tap0 up mtu 1400
ip address add 192.0.2.5/24 broadcast + dev br0
ip address add 10.9.0.1 peer 10.9.0.2 dev br0 valid_lft 3600 preferred_lft 1800
ip address add 2001:db8::5/64 dev br0 nodad
ip address add 198.18.0.1/24 dev tap0
ip address add 203.0.113.1/32 dev lo
ip route add 198.51.100.0/24 via 192.0.2.1 dev br0 metric 77 mtu 1400 advmss 1300
ip route add 198.51.101.0/24 tos 0x10 dev br0 scope link src 192.0.2.5
ip route add 198.51.102.0/24 via 10.99.0.1 dev br0 onlink
ip route add 198.51.103.0/24 nexthop via 192.0.2.1 dev br0 weight 2 nexthop via 192.0.2.2 dev br0
ip route add 198.51.104.0/24 via inet6 2001:db8::1 dev br0
ip route add multicast 224.1.0.0/16 dev br0
ip route add 2001:db8:1::/48 via 2001:db8::1 dev br0 hoplimit 30
ip route add 2001:db8:2::/48 dev lo metric 5
`;

const moving = new Set(['PreferedLft', 'ValidLft', 'Statistics']);
/** `found`, but what moves with time has the value of `before` if it lies between `before` and `after`. */
const settled = (before: unknown, found: unknown, after: unknown, moves = false): unknown => {
  if (typeof found === 'number' && moves) {
    const ends = [Number(before), Number(after)].sort((a, b) => a - b);
    return found >= ends[0]! && found <= ends[1]! ? before : found;
  }
  if (typeof found !== 'object' || found === null) return found;
  const at = (value: unknown, key: string): unknown =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  const entries = Object.entries(found).map(([key, value]): [string, unknown] => [
    key,
    settled(at(before, key), value, at(after, key), moves || moving.has(key)),
  ]);
  return Array.isArray(found) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
};

describeLive('the JSON of a link', () => {
  const links = ['eth0', 'br0', 'port0', 'tap0', 'lo'];
  test(`agrees with ip(8) and networkctl(1) in every field, for ${links.join(', ')}`, () =>
    withNetwork(['dhcp'], async ({ lab }) => {
      await lab.sh(build);
      await lab.write(
        '/etc/systemd/network/eth0.network.d/more.conf',
        '[Network]\nDNS=2001:db8::53\nNTP=198.51.100.123 ntp.example\nDomains=example.org ~corp.example\n',
      );
      // this configures eth0 anew: asked for that as well, networkd drops its lease in the midst of getting it
      await lab.sh('networkctl reload');
      await lab.until('networkd to have configured eth0 anew, and duplicate detection to end', async () => {
        const { SetupState, DNS } = await linkTruth(lab, 'eth0');
        const tentative = await lab.sh('ip -6 address show tentative');
        return DNS.length === 2 && SetupState === 'configured' && tentative === '';
      });
      await install(lab);
      const before = await Promise.all(links.map(link => linkTruth(lab, link)));
      const broker = await startBroker(lab);
      const found = await Promise.all(links.map(link => untilGiven(lab, link)));
      await broker.stop();
      const after = await Promise.all(links.map(link => linkTruth(lab, link)));
      for (const [nth, { json, isSet, isSame }] of found.entries()) {
        expect(settled(before[nth], json, after[nth])).toEqual(before[nth]);
        expect([isSet, isSame]).toEqual([true, true]);
      }
      // what the comparison would not miss, were it missing on both sides
      expect(before[0]).toMatchObject({ SetupState: 'configured', Type: 'ether', Driver: 'veth' });
      expect(before[0]?.DNS.toSorted()).toEqual(['192.0.2.53', '2001:db8::53']);
      expect(before[0]?.NTP).toEqual(expect.arrayContaining(['198.51.100.123', 'ntp.example']));
      expect(before[0]?.Domains).toEqual(expect.arrayContaining(['example.org', '~corp.example']));
      expect(before[1]).toMatchObject({ Group: 7, AlternativeNames: 'uplink second' });
      expect(before[1]?.Routes.length).toBeGreaterThan(8);
      expect(before[2]).toMatchObject({ Slave: 'bridge' });
    }));

  test("has the hardware's names from udev's database", () =>
    withNetwork(['static'], async ({ lab }) => {
      await install(lab);
      const properties = [
        'ID_VENDOR_FROM_DATABASE=Intel Corporation',
        'ID_MODEL_ID=0x100f',
        'ID_PATH=pci-0000:02:05.0',
      ];
      const ifindex = Number(await lab.sh('cat /sys/class/net/eth0/ifindex'));
      await lab.write(`/run/udev/data/n${ifindex}`, properties.map(line => `E:${line}\n`).join(''));
      const broker = await startBroker(lab);
      const { json } = await untilGiven(lab, 'eth0');
      await broker.stop();
      expect(json).toMatchObject({
        Vendor: 'Intel Corporation',
        ProductID: '100f',
        Path: 'pci-0000:02:05.0',
        Driver: 'veth',
      });
    }));

  test('is there while the scripts run and not afterwards', () =>
    withNetwork(['static'], async ({ lab }) => {
      await install(lab);
      const broker = await startBroker(lab);
      const { file } = await untilGiven(lab, 'eth0');
      expect(file).toMatch(/^\/run\/network-broker\/script-files\/link-\d+\.json$/);
      await broker.stop();
      expect(await lab.sh('ls -A /run/network-broker/script-files')).toBe('');
    }));

  test('is not given with EmitJSON=false', () =>
    withNetwork(['static'], async ({ lab }) => {
      await install(lab, 'EmitJSON=false');
      const broker = await startBroker(lab);
      expect(await untilGiven(lab, 'eth0')).toMatchObject({ isSet: false, file: '-', json: undefined });
      await broker.stop();
    }));

  test('of a link that has gone says what was last known of it, and that it is not there', () =>
    withNetwork(['static'], async ({ lab }) => {
      await install(lab);
      const broker = await startBroker(lab);
      await untilGiven(lab, 'eth0');
      const ifindex = Number(await lab.sh('cat /sys/class/net/eth0/ifindex'));
      await lab.sh('ip link set eth0 mtu 1400 alias "to the roof"');
      const address = (await lab.sh('cat /sys/class/net/eth0/address')).trim();
      await lab.sh('ip link delete eth0');
      const last = await lab.until('the last words', async () =>
        (await givenTo(lab, 'eth0')).find(({ json }) => json?.SetupState === 'linger'),
      );
      await broker.stop();
      expect(schemaErrors(last.json)).toEqual([]);
      expect(last.json).toMatchObject({
        Present: false,
        Name: 'eth0',
        Index: ifindex,
        MTU: 1400,
        HardwareAddr: address,
        Alias: 'to the roof',
        EncapType: 'ether',
        Address: [],
        Routes: [],
      });
      expect(broker.log().filter(({ code }) => code === 'json-incomplete')).toEqual([]);
    }));

  test('of 2,000 addresses and 10,000 routes is whole in its file, and the script runs', () =>
    withNetwork(['static'], async ({ lab }) => {
      await install(lab);
      const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
      const addresses = numbers(2000).map(n => `address add 10.200.${n >> 8}.${n & 255}/32 dev eth0`);
      const routes = numbers(10_000).map(
        n => `route add 10.${100 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}/32 via 10.0.0.1`,
      );
      await lab.write('/tmp/batch', [...addresses, ...routes, ''].join('\n'));
      await lab.sh('ip -batch /tmp/batch');
      const broker = await startBroker(lab);
      const { json, isSet } = await untilGiven(lab, 'eth0');
      await broker.stop();
      expect(isSet).toBe(false);
      expect(json?.Address.length).toBeGreaterThanOrEqual(2000);
      expect(json?.Routes.length).toBeGreaterThanOrEqual(10_000);
      expect(json?.NetworkFile).toBe('/etc/systemd/network/eth0.network');
    }));
});

describeLive('ROUTES', () => {
  const script = `#!/bin/sh
{ echo "$LINK $LINKINDEX"; echo "$ROUTES"; echo '--'; cat "$ROUTES_FILE"; } >>${records}
`;
  const count = 5000;
  const prefix = (n: number): string => `10.${100 + (n >> 8)}.${n & 255}.0/24`;

  describe('of a flood of routes', () => {
    test('holds whole lines, as many as fit, and the file holds all of them', () =>
      withNetwork(['static'], async ({ lab }) => {
        await lab.write(records, '', 0o666);
        await configureBroker(lab, '');
        await installScript(lab, 'routes.d', '10-record', script);
        const broker = await startBroker(lab);
        const lines = Array.from({ length: count }, (_, n) => `route add ${prefix(n)} via 10.0.0.1`);
        await lab.write('/tmp/batch', `${lines.join('\n')}\n`);
        await lab.sh('ip -batch /tmp/batch');
        const last = `added ${prefix(count - 1)} via 10.0.0.1 table main`;
        await lab.until('the last route', async () => (await lab.read(records)).includes(last));
        await broker.stop();

        const runs = (await lab.read(records)).split(/^eth0 \d+\n/m).slice(1);
        const parts = runs.map(run => run.split('\n--\n').map(part => part.trimEnd().split('\n')));
        const all = parts.flatMap(([, file = []]) => file);
        expect(all).toEqual(Array.from({ length: count }, (_, n) => `added ${prefix(n)} via 10.0.0.1 table main`));
        for (const [variable = [], file = []] of parts) expect(variable).toEqual(file.slice(0, variable.length));
        expect(runs.length).toBeLessThan(50);
      }));
  });
});
