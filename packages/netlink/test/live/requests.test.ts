import { describe, expect, test } from '@jest/globals';
import { inNamespace, type Lab, possible, powerless } from './lab.js';
import { filterable, refusing } from './refusing.js';

const it = possible ? test : test.skip;

it('rules are added once, replaced in place and deleted', async () => {
  const seen = await inNamespace(async ({ netlink, ip }) => {
    const rule = { kind: 'rule', from: '192.0.2.5', table: 70000, priority: 1000, protocol: 4 } as const;
    const six = { ...rule, from: '2001:db8::5' };
    const said = async (work: Promise<void>): Promise<string> =>
      work.then(
        () => 'done',
        (error: unknown) => (error instanceof netlink.NetlinkError ? error.code : String(error)),
      );
    const answers = [
      await said(netlink.add(rule)),
      await said(netlink.add(six)),
      await said(netlink.add(rule)),
      await said(netlink.replace(rule)),
      await said(netlink.add({ ...rule, protocol: 5 })),
    ];
    const shown = [...ip('-4 -N rule'), ...ip('-6 -N rule')].filter(r => r.priority === 1000);
    answers.push(await said(netlink.remove(rule)), await said(netlink.remove({ ...rule, protocol: 5 })));
    answers.push(await said(netlink.remove(rule)), await said(netlink.remove(six)));
    return { answers, shown, left: ip('-4 rule').length + ip('-6 rule').length };
  });
  expect(seen.answers).toEqual(['done', 'done', 'EEXIST', 'done', 'done', 'done', 'done', 'ENOENT', 'done']);
  expect(seen.shown.map(rule => [rule.src, rule.table, rule.protocol])).toEqual([
    ['192.0.2.5', '70000', '4'],
    ['192.0.2.5', '70000', '5'],
    ['2001:db8::5', '70000', '4'],
  ]);
  expect(seen.left).toBe(5);
});

it('routes are added, replaced and deleted, and what was listed can be put back', async () => {
  const seen = await inNamespace(async ({ netlink, sh, ip }) => {
    sh(`ip link add veth0 type veth peer name veth1; ip link set veth0 up; ip link set veth1 up
      ip address add 192.0.2.1/24 dev veth0; ip address add 2001:db8::1/64 dev veth0 nodad`);
    const { ifindex } = await netlink.getLink('veth0');
    const said = async (work: Promise<void>): Promise<string> =>
      work.then(
        () => 'done',
        (error: unknown) => (error instanceof netlink.NetlinkError ? error.message : String(error)),
      );
    const route = { kind: 'route', destination: '0.0.0.0/0', table: 100, protocol: 4 } as const;
    const answers = [
      await said(netlink.add({ ...route, gateway: '192.0.2.254', oif: ifindex })),
      await said(netlink.add({ ...route, gateway: '192.0.2.253', oif: ifindex })),
      await said(netlink.replace({ ...route, gateway: '192.0.2.253', oif: ifindex })),
      await said(netlink.add({ ...route, destination: '::/0', gateway: '2001:db8::254', priority: 7, expires: 300 })),
      await said(netlink.add({ ...route, destination: '192.0.2.0/24', oif: ifindex })),
      await said(netlink.add({ ...route, destination: '10.0.0.0/8', type: netlink.RTN_BLACKHOLE })),
      await said(
        netlink.add({
          ...route,
          destination: '10.5.0.0/16',
          metrics: { mtu: 1300, congctl: 'cubic' },
          multipath: [
            { oif: ifindex, weight: 2, flags: 0, gateway: '192.0.2.253' },
            { oif: ifindex, weight: 5, flags: 0, via: { family: 10, address: '2001:db8::98' } },
          ],
        }),
      ),
      await said(netlink.add({ ...route, destination: '10.6.0.0/16', gateway: '198.51.100.1' })),
    ];
    const both = (): unknown[] =>
      [...ip('-4 -N -d route show table 100'), ...ip('-6 -N -d route show table 100')].map(r => ({ ...r, expires: 0 }));
    const before = both();
    const listed = await netlink.listRoutes({ table: 100 });
    for (const object of listed) answers.push(await said(netlink.remove(object)));
    const between = both();
    for (const object of listed) answers.push(await said(netlink.add(object)));
    return { answers, before, between, after: both() };
  });
  const done = (n: number): string[] => Array.from({ length: n }, () => 'done');
  expect(seen.answers).toEqual([
    'done',
    'add route 0.0.0.0/0: EEXIST (file already exists)',
    ...done(5),
    'add route 10.6.0.0/16: ENETUNREACH (network is unreachable): Nexthop has invalid gateway',
    ...done(10),
  ]);
  expect(seen.before.length).toBe(5);
  expect(seen.before[0]).toMatchObject({ dst: 'default', gateway: '192.0.2.253', dev: 'veth0' });
  expect(seen.between).toEqual([]);
  expect(seen.after).toEqual(seen.before);
});

it('addresses and links are changed', async () => {
  const seen = await inNamespace(async ({ netlink, sh, ip }) => {
    sh('ip link add veth0 type veth peer name veth1');
    const { ifindex } = await netlink.getLink('veth0');
    await netlink.setLink(ifindex, { up: true, mtu: 1400, alias: 'uplink' });
    const address = { kind: 'address', ifindex, address: '192.0.2.1', prefixLength: 24 } as const;
    await netlink.add(address);
    await netlink.replace({ ...address, preferredLifetime: 100, validLifetime: 200 });
    await netlink.add({ ...address, address: '2001:db8::1', prefixLength: 64, flags: netlink.IFA_F_NODAD });
    await netlink.addAlternativeNames(ifindex, ['one', 'a-name-longer-than-fifteen-bytes']);
    const byAlternative = await netlink.getLink('a-name-longer-than-fifteen-bytes');
    await netlink.deleteAlternativeNames(ifindex, ['one']);
    const [shown] = ip('-d address show dev veth0');
    await netlink.remove({ ...address, address: '2001:db8::1', prefixLength: 64 });
    await netlink.setLink(ifindex, { up: false });
    const route = await netlink.getRoute('192.0.2.9').catch((error: unknown) => String(error));
    return { ifindex, byAlternative, shown, route, left: await netlink.listAddresses({ ifindex }) };
  });
  expect(seen.byAlternative).toMatchObject({ ifindex: seen.ifindex, name: 'veth0', mtu: 1400 });
  expect(seen.shown).toMatchObject({ mtu: 1400, ifalias: 'uplink', altnames: ['a-name-longer-than-fifteen-bytes'] });
  expect(seen.shown?.flags).toContain('UP');
  expect(seen.shown?.addr_info).toMatchObject([
    { local: '192.0.2.1', prefixlen: 24, valid_life_time: 200, preferred_life_time: 100 },
    { local: '2001:db8::1', prefixlen: 64 },
  ]);
  expect(seen.route).toContain('ENETUNREACH');
  expect(seen.left).toMatchObject([{ address: '192.0.2.1', prefixLength: 24 }]);
});

it('an empty alias takes the alias away; an empty name is refused, before anything is sent', async () => {
  const seen = await inNamespace(async ({ netlink, ip }) => {
    await netlink.setLink(1, { alias: 'uplink' });
    const before = ip('link show lo')[0]?.ifalias;
    await netlink.setLink(1, { alias: '' });
    const why = async (work: () => Promise<unknown>): Promise<unknown> => {
      try {
        return (await work()) ?? 'done';
      } catch (error) {
        return String(error);
      }
    };
    return {
      before,
      after: ip('link show lo')[0]?.ifalias ?? 'none',
      refused: [
        await why(() => netlink.setLink(1, { name: '', mtu: 1400 })),
        await why(() => netlink.addAlternativeNames(1, ['one', ''])),
        await why(() => netlink.deleteAlternativeNames(1, [''])),
        await why(() => netlink.add({ kind: 'rule', iif: '', table: 100 })),
        await why(() => netlink.getLink('')),
      ],
      mtu: (await netlink.getLink(1)).mtu,
      names: (await netlink.getLink(1)).alternativeNames,
    };
  });
  const name = 'RangeError: expected the name of a link, found ""';
  expect(seen).toEqual({
    ...{ before: 'uplink', after: 'none', mtu: 65536, names: [] },
    refused: [name, name, name, name, name],
  });
});

it('the route to an address is the one ip route get finds', async () => {
  const { found, shown, ifindex } = await inNamespace(async ({ netlink, sh, ip }) => {
    sh(`ip link add veth0 type veth peer name veth1; ip link set veth0 up; ip link set veth1 up
      ip address add 192.0.2.1/24 dev veth0; ip route add default via 192.0.2.254
      ip route add 198.51.100.0/24 via 192.0.2.253 table 100; ip rule add fwmark 7 lookup 100`);
    const { ifindex } = await netlink.getLink('veth0');
    const found = [await netlink.getRoute('198.51.100.1'), await netlink.getRoute('198.51.100.1', { mark: 7 })];
    return { ifindex, found, shown: [...ip('route get 198.51.100.1'), ...ip('route get 198.51.100.1 mark 7')] };
  });
  expect(found).toMatchObject([
    { gateway: '192.0.2.254', table: 254, oif: ifindex, prefsrc: '192.0.2.1' },
    { gateway: '192.0.2.253', table: 100, oif: ifindex },
  ]);
  expect(found.map(route => route.gateway)).toEqual(shown.map(route => route.gateway));
});

it('many changes are made in order, and a failed one is told beside the others', async () => {
  const seen = await inNamespace(async ({ netlink, ip }) => {
    const rule = (i: number) =>
      ({ kind: 'rule', from: `10.0.${i >> 8}.${i & 255}`, table: 100, priority: 1000 + i }) as const;
    const changes = Array.from({ length: 1000 }, (_, i) => ({
      action: 'add' as const,
      object: rule(i === 500 ? 0 : i),
    }));
    const errors = await netlink.applyAll(changes);
    const failed = errors.flatMap((error, i) => (error === undefined ? [] : [{ i, message: error.message }]));
    const shown = ip('-4 rule');
    return {
      answers: errors.length,
      failed,
      shown: shown.length,
      last: shown.at(-3),
      none: await netlink.applyAll([]),
    };
  });
  expect(seen.answers).toBe(1000);
  expect(seen.failed).toEqual([
    { i: 500, message: 'add rule 1000 from 10.0.0.0 to all: EEXIST (file already exists)' },
  ]);
  expect(seen.shown).toBe(999 + 3);
  expect(seen.last).toMatchObject({ priority: 1999, src: '10.0.3.231' });
  expect(seen.none).toEqual([]);
});

it('a change that cannot be expressed is refused before anything is sent', async () => {
  const seen = await inNamespace(async ({ netlink, ip }) => {
    const good = { action: 'add', object: { kind: 'rule', from: '192.0.2.1', table: 100 } } as const;
    const bad = { action: 'add', object: { kind: 'rule', from: '192.0.2.1/33', table: 100 } } as const;
    const message = await netlink.applyAll([good, bad]).catch((error: unknown) => String(error));
    return { message, rules: ip('-4 rule').length };
  });
  expect(seen).toEqual({
    message: 'RangeError: expected a prefix length from 0 to 32, found "192.0.2.1/33"',
    rules: 3,
  });
});

it('dumps during churn are complete for everything that stays', async () => {
  const seen = await inNamespace(async ({ netlink, sh }) => {
    const { spawn } = await import('node:child_process');
    sh(`ip link set lo up; for i in $(seq 0 9); do for j in $(seq 0 99); do echo route add 10.$i.$j.0/24 dev lo; done; done | ip -batch -
      for i in $(seq 0 99); do echo rule add from 10.0.$i.0/24 lookup 100 priority 1000; done | ip -batch -
      for i in $(seq 0 99); do echo address add 192.0.2.$i/32 dev lo; done | ip -batch -`);
    const script = `while :; do for i in $(seq 50); do echo route add 172.16.$i.0/24 dev lo; echo rule add from 172.16.$i.0/24 lookup 100
      echo address add 198.51.100.$i/32 dev lo; echo link add x$i type ifb; done
      for i in $(seq 50); do echo route del 172.16.$i.0/24 dev lo; echo rule del from 172.16.$i.0/24
      echo address del 198.51.100.$i/32 dev lo; echo link del x$i; done; done | ip -batch -`;
    spawn('sh', ['-c', script], { stdio: 'ignore' }).unref();
    const wrong: string[] = [];
    const sizes = new Set<number>();
    const count = (what: string, expected: number, found: readonly string[], prefix: string): void => {
      const n = found.filter(text => text.startsWith(prefix)).length;
      sizes.add(found.length);
      if (n !== expected) wrong.push(`${n} ${what}, expected ${expected}`);
    };
    for (let i = 0; i < 60; i++) {
      const routes = await netlink.listRoutes({ family: 2, table: 254 });
      count(
        'routes',
        1000,
        routes.map(r => r.destination),
        '10.',
      );
      count(
        'rules',
        100,
        (await netlink.listRules()).map(r => r.from ?? ''),
        '10.',
      );
      count(
        'addresses',
        100,
        (await netlink.listAddresses()).map(a => a.address),
        '192.0.2.',
      );
      count(
        'links',
        1,
        (await netlink.listLinks()).map(l => l.name),
        'lo',
      );
      await new Promise(resolve => setImmediate(resolve));
    }
    return { wrong, sizes: sizes.size };
  });
  expect(seen.wrong).toEqual([]);
  // The churn was there: the lists were not of the same lengths every time.
  expect(seen.sizes).toBeGreaterThan(10);
});

it('a session keeps one socket, which nothing is left on: answers stay apart, also after errors and long lists', async () => {
  const seen = await inNamespace(async ({ netlink, sh }) => {
    const { readdirSync } = process.getBuiltinModule('node:fs');
    const open = (): number => readdirSync('/proc/self/fd').length;
    sh(
      `ip link set lo up; for i in $(seq 0 19); do for j in $(seq 0 99); do echo route add 10.$i.$j.0/24 dev lo; done; done | ip -batch -`,
    );
    const session = new netlink.Session();
    const before = open();
    const answers: unknown[] = [];
    for (let n = 0; n < 3; n += 1) {
      answers.push((await netlink.getLink('lo', { session })).ifindex);
      answers.push(await netlink.getLink(4711, { session }).catch((e: unknown) => String(e)));
      answers.push((await netlink.listRoutes({ table: 254, session })).length);
      answers.push(netlink.atOnce.listAddresses({ ifindex: 1, family: 2, session }));
      answers.push((await netlink.listRules({ family: 2, session })).length);
      const rule = { kind: 'rule', from: '192.0.2.5', table: 100, priority: 1000 } as const;
      answers.push(await netlink.applyAll([{ action: n === 0 ? 'add' : 'replace', object: rule }], { session }));
    }
    const during = open() - before;
    session.close();
    return { answers, during, after: open() - before };
  });
  const [index, none, routes, addresses, rules, changed] = seen.answers;
  expect([index, none, routes, rules, changed]).toEqual([1, expect.stringContaining('ENODEV'), 2000, 3, [null]]);
  expect(addresses).toMatchObject([{ address: '127.0.0.1', prefixLength: 8 }]);
  expect(seen.answers.slice(6, 10)).toEqual(seen.answers.slice(0, 4));
  expect(seen.answers.slice(12, 16)).toEqual(seen.answers.slice(0, 4));
  expect({ during: seen.during, after: seen.after }).toEqual({ during: 1, after: 0 });
});

it('an aborted request rejects with the reason, before it is sent and while it is answered', async () => {
  const seen = await inNamespace(async ({ netlink, sh }) => {
    sh(
      `ip link set lo up; for i in $(seq 0 99); do for j in $(seq 0 99); do echo route add 10.$i.$j.0/24 dev lo; done; done | ip -batch -`,
    );
    const reason = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', String);
    const before = await reason(netlink.listLinks({ signal: AbortSignal.abort(new Error('no longer needed')) }));
    const controller = new AbortController();
    const during = reason(netlink.listRoutes({ signal: controller.signal }));
    controller.abort(new Error('stop'));
    const late = await reason(netlink.listRoutes({ timeoutMs: 0 }));
    return { before, during: await during, late, whole: (await netlink.listRoutes({ table: 254 })).length };
  });
  expect(seen).toEqual({
    before: 'Error: no longer needed',
    during: 'Error: stop',
    late: 'NetlinkError: list routes: ETIMEDOUT (connection timed out): no answer within 0 ms',
    whole: 10_000,
  });
});

it('a filter of the kernel finds the routes of one link and of one table among many', async () => {
  const seen = await inNamespace(async ({ netlink, sh }) => {
    sh(`ip link set lo up; ip link add ifb0 type ifb; ip link set ifb0 up
      for i in $(seq 0 99); do echo route add 10.0.$i.0/24 dev lo; echo route add 10.1.$i.0/24 dev ifb0 table 100; done | ip -batch -`);
    const { ifindex } = await netlink.getLink('ifb0');
    const missing = await netlink
      .listRoutes({ oif: 4711 })
      .catch((e: unknown) => (e instanceof netlink.NetlinkError ? e.code : e));
    return {
      byLink: (await netlink.listRoutes({ oif: ifindex, family: 2 })).length,
      byBoth: (await netlink.listRoutes({ oif: 1, table: 100 })).length,
      byTable: (await netlink.listRoutes({ table: 100 })).length,
      noTable: (await netlink.listRoutes({ table: 4711 })).length,
      missing,
    };
  });
  expect(seen).toEqual({ byLink: 100, byBoth: 0, byTable: 100, noTable: 0, missing: 'ENODEV' });
});

it('without privileges changes are refused with EPERM, and lists still work', async () => {
  const seen = await inNamespace(async ({ netlink }) => {
    const rule = { kind: 'rule', from: '192.0.2.1', table: 100 } as const;
    const refused = await netlink.add(rule).catch((e: unknown) => (e instanceof netlink.NetlinkError ? e.code : e));
    const subscription = netlink.subscribe({
      groups: ['link'],
      receiveBufferBytes: 1 << 30,
      onMessages: () => undefined,
      onOverrun: () => undefined,
    });
    return { refused, links: (await netlink.listLinks()).length, capped: subscription.receiveBufferBytes < 1 << 30 };
  }, powerless);
  expect(seen).toEqual({ refused: 'EPERM', links: 1, capped: true });
});

it('a link of as many names as the kernel takes, more than 64 KiB, is listed whole, and so is what stands beside it', async () => {
  const seen = await inNamespace(async ({ netlink, sh }) => {
    sh('ip link add veth0 type veth peer name veth1');
    const { ifindex } = await netlink.getLink('veth0');
    for (let n = 0; n < 496; n++) await netlink.addAlternativeNames(ifindex, [`name-${n}-`.padEnd(127, 'x')]);
    const names = (links: readonly { readonly alternativeNames: readonly string[] }[]): number[] =>
      links.map(({ alternativeNames }) => new Set(alternativeNames).size);
    return {
      list: names(await netlink.listLinks()),
      get: names([await netlink.getLink(`name-495-${'x'.repeat(118)}`)]),
      more: await netlink.addAlternativeNames(ifindex, ['y'.repeat(127)]).catch(String),
    };
  });
  expect(seen).toEqual({ list: [0, 0, 496], get: [496], more: expect.stringContaining('EINVAL') });
});

const ENOPROTOOPT = 92;
const EPERM = 1;
const [CAP_ACK, EXT_ACK, STRICT] = [10, 11, 12];

/** What the lists find, by every filter. */
const filtered = async ({ netlink, sh }: Lab) => {
  sh(`ip link set lo up; ip link add veth0 index 10 type veth peer name veth1 index 11
    ip link set veth0 addrgenmode none up; ip link set veth1 addrgenmode none up
    ip address add 192.0.2.1/24 dev veth0; ip address add 198.51.100.1/24 dev veth1
    ip address add 2001:db8::1/64 dev veth0 nodad; ip address add 2001:db8:f::1/64 dev veth1 nodad
    ip route add 10.0.0.0/8 via 192.0.2.254 table 100 proto static
    ip route add 10.1.0.0/16 nexthop via 192.0.2.253 nexthop via 198.51.100.2
    ip nexthop add id 5 via 192.0.2.254 dev veth0; ip route add 10.2.0.0/16 nhid 5
    ip route add blackhole 10.3.0.0/16; ip -6 route add 2001:db8:1::/48 via 2001:db8::2 table 100
    ip -6 route add 2001:db8:2::/48 nexthop via 2001:db8::3 nexthop via 2001:db8:f::3
    ip rule add from 192.0.2.1 lookup 100 priority 1000; ip -6 rule add from 2001:db8::1 lookup 100 priority 1000`);
  const routes = async (filter: Parameters<typeof netlink.listRoutes>[0]): Promise<readonly string[]> =>
    (await netlink.listRoutes(filter)).map(({ destination, table }) => `${destination} ${table}`).sort();
  return {
    links: (await netlink.listLinks()).map(({ name }) => name),
    address: (await netlink.listAddresses({ ifindex: 10, family: 2 })).map(({ address }) => address),
    addresses: (await netlink.listAddresses()).filter(({ scope }) => scope === 0).map(({ address }) => address),
    routes: [
      await routes({ table: 100 }),
      await routes({ table: 254, family: 2 }),
      await routes({ oif: 10, family: 2 }),
      await routes({ oif: 11, table: 254 }),
      await routes({ protocol: 4 }),
      await routes({ type: 6 }),
      await routes({ table: 4711 }),
    ],
    rules: (await netlink.listRules()).filter(({ priority }) => priority === 1000).map(({ from }) => from),
  };
};

describe('a kernel or a sandbox that lacks', () => {
  const them = possible && filterable ? test : test.skip;

  them('strict checks (NETLINK_GET_STRICT_CHK): lists are filtered all the same', async () => {
    const known = await inNamespace(filtered);
    expect(known.routes).toEqual([
      ['10.0.0.0/8 100', '2001:db8:1::/48 100'],
      ['10.1.0.0/16 254', '10.2.0.0/16 254', '10.3.0.0/16 254', '192.0.2.0/24 254', '198.51.100.0/24 254'],
      [
        '10.0.0.0/8 100',
        '10.1.0.0/16 254',
        '10.2.0.0/16 254',
        '192.0.2.0/24 254',
        '192.0.2.1/32 255',
        '192.0.2.255/32 255',
      ],
      ['10.1.0.0/16 254', '198.51.100.0/24 254', '2001:db8:2::/48 254', '2001:db8:f::/64 254'],
      ['10.0.0.0/8 100'],
      ['10.3.0.0/16 254'],
      [],
    ]);
    expect(await inNamespace(filtered, refusing([STRICT], ENOPROTOOPT))).toEqual(known);
    expect(await inNamespace(filtered, refusing([CAP_ACK, EXT_ACK, STRICT], EPERM))).toEqual(known);
  });

  them('sentences (NETLINK_EXT_ACK): errors have their code, and what is missing is told', async () => {
    const ask = async ({ netlink }: Lab): Promise<unknown> => ({
      error: await netlink
        .add({ kind: 'route', destination: '10.0.0.0/8', gateway: '192.0.2.1' })
        .catch((error: unknown) => String(error)),
      refused: netlink.refusedOptions().map(({ message }) => message),
    });
    const why = 'NetlinkError: add route 10.0.0.0/8: ENETUNREACH (network is unreachable)';
    expect(await inNamespace(ask)).toEqual({ error: `${why}: Nexthop has invalid gateway`, refused: [] });
    expect(await inNamespace(ask, refusing([EXT_ACK, STRICT], ENOPROTOOPT))).toEqual({
      error: why,
      refused: [
        'set NETLINK_EXT_ACK: ENOPROTOOPT (protocol not available): errors come without the sentence by which the kernel explains them',
        'set NETLINK_GET_STRICT_CHK: ENOPROTOOPT (protocol not available): the kernel lists everything, and what was not asked for is left out here',
      ],
    });
  });
});
