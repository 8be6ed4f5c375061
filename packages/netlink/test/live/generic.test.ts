import { expect, test } from '@jest/globals';
import { inNamespace, possible } from './lab.js';

const it = possible ? test : test.skip;

it('families of generic netlink are found by their names, asked, and listened to', async () => {
  const seen = await inNamespace(async ({ netlink, sh, until }) => {
    const { tlv } = netlink;
    sh('ip link set lo up; ip tuntap add dev tap0 mode tap');
    const { ifindex } = await netlink.getLink('tap0');
    const control = new netlink.Generic('nlctrl');
    const name = tlv.attributes({ name: tlv.text(2) });
    const families = control.ask(3, undefined, true).map(({ payload }) => name.decode(payload)?.name);
    control.close();
    const ethtool = new netlink.Generic('ethtool');
    const heard: { command: number; speed: number | undefined }[] = [];
    const header = tlv.nested(1, tlv.attributes({ ifindex: tlv.u32(1) }));
    const modes = tlv.attributes({ header, autonegotiation: tlv.u8(2), speed: tlv.u32(5), duplex: tlv.u8(6) });
    ethtool.listen(
      ['monitor'],
      ({ command, payload }) => heard.push({ command, speed: modes.decode(payload)?.speed }),
      () => undefined,
    );
    const changing = new netlink.Generic('ethtool');
    changing.ask(5, to => modes.write(to, { header: { ifindex }, autonegotiation: 0, speed: 1000, duplex: 1 }));
    for (let turns = 0; turns < 1000 && heard.length === 0; turns++)
      await new Promise(resolve => setTimeout(resolve, 5));
    await until('the news', () => heard.length > 0);
    const said = (work: () => unknown): string => {
      try {
        return String(work());
      } catch (error) {
        return String(error);
      }
    };
    const errors = [
      said(() => new netlink.Generic('no-such-family')),
      said(() => changing.ask(5, to => modes.write(to, { header: { ifindex: 9999 } }))),
      said(() =>
        changing.listen(
          ['no-such-group'],
          () => undefined,
          () => undefined,
        ),
      ),
      said(() => new netlink.Generic('ethtool', { netns: 'nowhere' })),
    ];
    ethtool.close();
    changing.close();
    return { families, group: ethtool.family.groups?.map(group => group.name), heard, errors };
  });
  expect(seen.families).toEqual(expect.arrayContaining(['nlctrl', 'ethtool']));
  expect(seen.group).toContain('monitor');
  expect(seen.heard).toEqual([{ command: 5, speed: 1000 }]);
  expect(seen.errors).toEqual([
    expect.stringMatching(/find the family no-such-family: ENOENT/),
    expect.stringMatching(/ask ethtool for command 5: ENODEV/),
    expect.stringMatching(/join no-such-group of ethtool: ENOENT/),
    expect.stringMatching(/in nowhere: ENOENT/),
  ]);
});

it('speed, duplex and cable of a link are what the kernel shows in sysfs', async () => {
  const seen = await inNamespace(async ({ netlink, sh }) => {
    sh(`mount -t tmpfs none /run; ip link set lo up; ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up
      ip tuntap add dev tap0 mode tap; mount -t sysfs none /sys; ip netns add blue; ip -n blue link add b0 type veth peer name b1`);
    const sys = (link: string, what: string): string => sh(`cat /sys/class/net/${link}/${what}`).trim();
    const up = await netlink.getEthtool('v0');
    const shown = [sys('v0', 'speed'), sys('v0', 'duplex'), sys('v0', 'carrier')];
    sh('ip link set v1 down');
    return {
      up,
      shown,
      down: await netlink.getEthtool((await netlink.getLink('v0')).ifindex),
      tap: await netlink.getEthtool('tap0'),
      lo: await netlink.getEthtool('lo'),
      there: await netlink.getEthtool('b0', { netns: 'blue' }),
      none: await netlink.getEthtool('nothing').catch(String),
      wireless: await netlink.listWireless().then(
        links => links.length,
        (error: unknown) => String(error),
      ),
    };
  });
  expect([String(seen.up.speed), seen.up.duplex, seen.up.link === true ? '1' : '0']).toEqual(seen.shown);
  expect(seen.up).toMatchObject({ name: 'v0', speed: 10000, duplex: 'full', link: true, autonegotiation: false });
  expect(seen.down).toMatchObject({ name: 'v0', link: false });
  expect(seen.tap).toMatchObject({ name: 'tap0', speed: expect.any(Number), duplex: 'full' });
  expect(seen.lo).toMatchObject({ name: 'lo', link: true });
  expect(seen.there).toMatchObject({ name: 'b0' });
  expect(seen.none).toMatch(/ENODEV/);
  // A kernel without wireless says so; one with it lists none in a new namespace.
  expect(String(seen.wireless)).toMatch(/^0$|find the family nl80211: ENOENT/);
});
