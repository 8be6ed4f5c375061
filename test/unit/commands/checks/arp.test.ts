import { expect, test } from '@jest/globals';
import { lastValueFrom, of, throwError, toArray } from 'rxjs';
import { arp } from '../../../../src/commands/checks/arp.js';
import { config } from '../../../../src/testing/builders.js';
import { fakeFiles } from '../../../../src/fakes/fake-files.js';
import { netlinkAddress, netlinkLink } from '../../../support/fake-rtnetlink.js';

const eth0 = netlinkLink(2, 'eth0');
const eth1 = netlinkLink(3, 'eth1');
const shared = [netlinkAddress(2, '192.0.2.5', 24), netlinkAddress(3, '192.0.2.6', 24)];
const kernel = (addresses = shared, links = [netlinkLink(1, 'lo', { flags: 0x9 }), eth0, eth1]) => ({
  links: () => of(links),
  addresses: () => of(addresses),
});

const said = async (
  sysctls: Readonly<Record<string, number>>,
  { rtnetlink = kernel(), rules = ['eth1'] }: { rtnetlink?: Parameters<typeof arp>[1]; rules?: readonly string[] } = {},
) => {
  const texts = Object.fromEntries(
    Object.entries(sysctls).map(([key, value]) => [`/proc/sys/net/ipv4/conf/${key}`, `${value}\n`]),
  );
  const circumstances = {
    options: { config: '', scriptDirectory: '', system: {} },
    config: config({ network: { routingPolicyRules: rules } }),
    faults: [],
  };
  const findings = await lastValueFrom(arp(fakeFiles({ texts }), rtnetlink)(circumstances).pipe(toArray()), {
    defaultValue: [],
  });
  return findings.map(({ severity, message }) => `${severity} ${message}`);
};
const fine = 'ok no link answers ARP for another';

test('two links in one network, and nobody keeps one from speaking for the other: a warning that says who', async () => {
  const [found, ...more] = await said({});
  expect(found).toMatch(
    /^warn eth1 shares the network of 192\.0\.2\.6\/24 with eth0: .*arp_ignore=0 on eth1 eth0, arp_announce=0 on eth1 eth0: /,
  );
  expect(more).toEqual([]);
});

test('the greater of what is set for all and for the link holds', async () => {
  expect(await said({ 'all/arp_ignore': 1, 'all/arp_announce': 2 })).toEqual([fine]);
  expect(
    await said({ 'eth0/arp_ignore': 1, 'eth1/arp_ignore': 1, 'eth0/arp_announce': 2, 'all/arp_announce': 1 }),
  ).toEqual([fine]);
  expect((await said({ 'all/arp_ignore': 1, 'eth1/arp_announce': 2 }))[0]).toMatch(/found arp_announce=0 on eth0: /);
});

test('a link with arp_filter=1 speaks only for what the policy rules send out over it, whatever else is set', async () => {
  expect(await said({ 'all/arp_filter': 1 })).toEqual([fine]);
  expect(await said({ 'eth0/arp_filter': 1, 'eth1/arp_ignore': 1, 'eth1/arp_announce': 2 })).toEqual([fine]);
  expect((await said({ 'eth0/arp_filter': 1 }))[0]).toMatch(/found arp_ignore=0 on eth1, arp_announce=0 on eth1: /);
});

test('links in networks of their own are no matter, and neither are those without rules, loopback, link-local or IPv6', async () => {
  const own = (...addresses: readonly ReturnType<typeof netlinkAddress>[]) =>
    said({}, { rtnetlink: kernel([...addresses]) });
  expect(await own(netlinkAddress(2, '192.0.2.5', 25), netlinkAddress(3, '192.0.2.200', 25))).toEqual([fine]);
  expect(await own(netlinkAddress(1, '192.0.2.5', 24), netlinkAddress(3, '192.0.2.6', 24))).toEqual([fine]);
  expect(await own(netlinkAddress(2, '169.254.1.5', 16), netlinkAddress(3, '169.254.1.6', 16))).toEqual([fine]);
  expect(await said({}, { rules: ['eth2'] })).toEqual([fine]);
  expect(await said({}, { rules: [] })).toEqual(['ok skipped: RoutingPolicyRules is not set']);
  const down = netlinkLink(2, 'eth0', { flags: 0x1002 });
  expect(await said({}, { rtnetlink: kernel(shared, [down, eth1]) })).toEqual([fine]);
});

test('a kernel that does not answer is no reason to throw', async () => {
  const rtnetlink = { ...kernel(), links: () => throwError(() => new Error('list links: ENOBUFS')) };
  expect(await said({}, { rtnetlink })).toEqual(['warn the kernel could not be queried: list links: ENOBUFS']);
});
