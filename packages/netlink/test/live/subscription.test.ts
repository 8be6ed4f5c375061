import { expect, test } from '@jest/globals';
import type { Message } from '../../src/index.js';
import { inNamespace, outcome, possible } from './lab.js';

const it = possible ? test : test.skip;

it('an effect that another program has waited for is delivered by drain, before it returns', async () => {
  const seen = await inNamespace(({ netlink, sh }) => {
    const batches: (readonly Message[])[] = [];
    const subscription = netlink.subscribe({
      groups: ['link', 'ipv4-address'],
      onMessages: batch => batches.push(batch),
      onOverrun: () => batches.push([]),
    });
    sh('ip link add veth0 type veth peer name veth1; ip address add 192.0.2.1/24 dev veth0');
    subscription.drain();
    const afterDrain = batches.flat();
    subscription.join('ipv4-rule');
    sh('ip rule add from 192.0.2.1 lookup 100 priority 1000');
    subscription.drain();
    subscription.leave('ipv4-rule');
    sh('ip rule del from 192.0.2.1 lookup 100 priority 1000');
    subscription.drain();
    const afterLeave = batches.flat();
    subscription.close();
    sh('ip link set veth0 up');
    subscription.drain();
    const kinds = (messages: Message[]): string[] =>
      messages.map(m => (m.kind === 'new' || m.kind === 'delete' ? `${m.kind} ${m.object.kind}` : m.kind));
    return {
      drained: kinds(afterDrain),
      left: kinds(afterLeave).slice(afterDrain.length),
      closed: batches.flat().length,
    };
  });
  expect(seen.drained.filter(kind => kind === 'new link').length).toBeGreaterThanOrEqual(2);
  expect(seen.drained).toContain('new address');
  expect(seen.left).toEqual(['new rule']);
  expect(seen.closed).toBe(seen.drained.length + 1);
});

it('messages arrive on the event loop, all that waited in one call, and only of the types asked for', async () => {
  const { calls, types } = await inNamespace(async ({ netlink, sh, until }) => {
    sh('ip link set lo up');
    const calls: number[] = [];
    const types = new Set<number>();
    const subscription = netlink.subscribe({
      groups: ['ipv4-route', 'ipv4-rule'],
      types: [netlink.RTM_NEWROUTE],
      onMessages: batch => {
        calls.push(batch.length);
        for (const { type } of batch) types.add(type);
      },
      onOverrun: () => calls.push(-1),
    });
    const add = Array.from({ length: 100 }, (_, i) => `route add 10.0.${i}.0/24 dev lo`).join('\n');
    sh(`printf '%s\\nrule add from 192.0.2.1 lookup 100\\nroute del 10.0.0.0/24\\n' '${add}' | ip -batch -`);
    await until('100 messages', () => calls.reduce((sum, n) => sum + n, 0) >= 100);
    subscription.close();
    return { calls, types: [...types] };
  });
  expect(calls).toEqual([100]);
  expect(types).toEqual([24]);
});

it('40,000 messages into a buffer of 16 KiB: overruns are told, the process lives, a dump is exact', async () => {
  const result = await inNamespace(async ({ netlink, sh, ip, until }) => {
    sh('ip link set lo up');
    let overruns = 0;
    let messages = 0;
    const subscription = netlink.subscribe({
      groups: ['ipv4-route'],
      receiveBufferBytes: 16 * 1024,
      onMessages: batch => (messages += batch.length),
      onOverrun: () => overruns++,
    });
    const buffer = subscription.receiveBufferBytes;
    const batch = (action: string): void => {
      sh(
        `for i in $(seq 0 199); do for j in $(seq 0 99); do echo route ${action} 10.$i.$j.0/24 dev lo; done; done | ip -batch -`,
      );
    };
    batch('add');
    await until('the first overrun', () => overruns > 0);
    const [first, heard] = [overruns, messages];
    const dump = await netlink.listRoutes({ family: 2, table: 254 });
    batch('del');
    await until('the second overrun', () => overruns > first);
    sh('ip route add 10.250.0.0/16 dev lo');
    await until('a message after the overruns', () => messages > heard + 1);
    const after = await netlink.listRoutes({ family: 2, table: 254 });
    subscription.close();
    const shown = ip('-4 route show').length;
    return { buffer, overruns, messages, dump: dump.length, after: after.map(r => r.destination), shown };
  });
  expect(result.buffer).toBe(32 * 1024);
  expect(result.overruns).toBeGreaterThanOrEqual(2);
  expect(result.messages).toBeLessThan(40_001);
  expect(result).toMatchObject({ dump: 20_000, after: ['10.250.0.0/16'], shown: 1 });
});

it('a message about a link of as many names as the kernel takes, more than 64 KiB, is delivered, among others', async () => {
  const seen = await inNamespace(async ({ netlink, sh }) => {
    sh('ip link add veth0 type veth peer name veth1');
    const { ifindex } = await netlink.getLink('veth0');
    for (let n = 0; n < 496; n++) await netlink.addAlternativeNames(ifindex, [`name-${n}-`.padEnd(127, 'x')]);
    const seen: string[] = [];
    const subscription = netlink.subscribe({
      groups: ['link', 'ipv4-rule'],
      onMessages: batch => {
        for (const message of batch)
          if (message.kind === 'new' && message.object.kind === 'link')
            seen.push(`${message.object.name} ${message.object.alternativeNames.length}`);
          else seen.push(`${message.kind} ${message.type}`);
      },
      onOverrun: () => seen.push('overrun'),
    });
    for (const mtu of [1400, 1300, 1200, 1100]) await netlink.setLink(ifindex, { mtu });
    sh('ip rule add from 192.0.2.1 lookup 100');
    subscription.drain();
    subscription.close();
    return seen;
  });
  expect(seen).toEqual([...Array.from({ length: seen.length - 1 }, () => 'veth0 496'), 'new 32']);
  expect(seen.length).toBeGreaterThan(4);
});

it('nobody but the kernel is heard: a datagram of another program is dropped', async () => {
  const seen = await inNamespace(({ netlink, sh }) => {
    const ports = (): string[] => sh(`awk '$2 == 0 { print $3 }' /proc/net/netlink`).trim().split('\n');
    const before = ports();
    const seen: string[] = [];
    const subscription = netlink.subscribe({
      groups: ['ipv4-rule'],
      onMessages: batch => seen.push(...batch.map(({ kind, type }) => `${kind} ${type}`)),
      onOverrun: () => seen.push('overrun'),
    });
    const [port = ''] = ports().filter(port => !before.includes(port));
    // AF_NETLINK, SOCK_RAW; an empty message of type 99 to the port; perl dies unless it was delivered.
    const forge = `socket(S, 16, 3, 0) or die; send(S, pack("LSSLL", 16, 99, 0, 0, 0), 0, pack("SSLL", 16, 0, ${port}, 0)) or die $!`;
    sh(`perl -e '${forge}'; ip rule add from 192.0.2.1 lookup 100; perl -e '${forge}'`);
    subscription.drain();
    subscription.close();
    return { seen, port };
  });
  expect(seen).toEqual({ seen: ['new 32'], port: expect.stringMatching(/^\d+$/) });
});

it('what a call-back throws on the event loop reaches uncaughtException, and the next message comes', async () => {
  const caught = await inNamespace(async ({ netlink, sh, until }) => {
    const caught: string[] = [];
    process.on('uncaughtException', error => caught.push(error.message));
    const subscription = netlink.subscribe({
      groups: ['ipv4-rule'],
      onMessages: batch => {
        throw new Error(`thrown at ${batch.length}`);
      },
      onOverrun: () => undefined,
    });
    sh('ip rule add from 192.0.2.1 lookup 100');
    await until('the first exception', () => caught.length === 1);
    sh('ip rule add from 192.0.2.2 lookup 100');
    await until('the second exception', () => caught.length === 2);
    sh('ip rule add from 192.0.2.3 lookup 100');
    try {
      subscription.drain();
    } catch (error) {
      caught.push(`drain: ${String(error)}`);
    }
    subscription.close();
    return caught;
  });
  expect(caught).toEqual(['thrown at 1', 'thrown at 1', 'drain: Error: thrown at 1']);
});

it('a call-back that throws without a listener ends the process as any exception does, not by a signal', async () => {
  const { code, signal, stderr } = await outcome(async ({ netlink, sh, until }) => {
    netlink.subscribe({
      groups: ['ipv4-rule'],
      onMessages: () => {
        throw new Error('told to the user');
      },
      onOverrun: () => undefined,
    });
    sh('ip rule add from 192.0.2.1 lookup 100');
    await until('the end', () => false);
  });
  expect({ code, signal }).toEqual({ code: 1, signal: null });
  expect(stderr).toContain('told to the user');
});

it('a subscription keeps the process alive only when asked', async () => {
  const { code, stderr } = await outcome(({ netlink }) => {
    netlink.subscribe({ groups: ['link'], onMessages: () => undefined, onOverrun: () => undefined });
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const alive = await inNamespace(
    ({ netlink, sh }) =>
      new Promise(resolve => {
        const subscription = netlink.subscribe({
          groups: ['ipv4-rule'],
          ref: true,
          onOverrun: () => undefined,
          onMessages: batch => {
            subscription.close();
            resolve(batch.length);
          },
        });
        sh('(sleep 0.2; ip rule add from 192.0.2.1 lookup 100) > /dev/null 2>&1 &');
      }),
  );
  expect(alive).toBe(1);
});

it('a subscription that no variable names is not collected while it is open', async () => {
  const heard = await inNamespace(async ({ netlink, sh, until }) => {
    let heard = 0;
    const open = (): void => {
      netlink.subscribe({ groups: ['ipv4-rule'], onMessages: b => (heard += b.length), onOverrun: () => undefined });
    };
    for (let i = 0; i < 20; i++) open();
    for (let i = 0; i < 5; i++) {
      await new Promise(resolve => setImmediate(resolve));
      (globalThis as unknown as { gc: () => void }).gc();
    }
    sh('ip rule add from 192.0.2.1 lookup 100');
    await until('all twenty', () => heard === 20);
    return heard;
  });
  expect(heard).toBe(20);
});

it('closing is possible while messages come in, from within the call-back and twice', async () => {
  const { after, error } = await inNamespace(async ({ netlink, sh, until }) => {
    const open = new Set<{ close(): void }>();
    let after = 0;
    for (let i = 0; i < 50; i++) {
      let closed = false;
      const subscription = netlink.subscribe({
        groups: ['ipv4-route'],
        onMessages: () => {
          if (closed) after++;
          closed = true;
          subscription.close();
          subscription.close();
          open.delete(subscription);
        },
        onOverrun: () => undefined,
      });
      open.add(subscription);
    }
    sh('ip link set lo up; for i in $(seq 100); do ip route add 10.0.$i.0/24 dev lo; done');
    await until('every subscription to close itself', () => open.size === 0);
    const subscription = netlink.subscribe({ groups: [], onMessages: () => undefined, onOverrun: () => undefined });
    subscription.close();
    let error: unknown;
    try {
      subscription.join('link');
    } catch (e) {
      error = e instanceof netlink.NetlinkError ? e.message : e;
    }
    return { after, error };
  });
  expect({ after, error }).toEqual({ after: 0, error: 'join link: EBADF (bad file descriptor)' });
});

it('a worker can be terminated with open sockets and messages on their way', async () => {
  const { rounds } = await inNamespace(async ({ netlink, sh, url }) => {
    const { Worker } = await import('node:worker_threads');
    sh('ip link set lo up');
    const source = `
      const { subscribe, listLinks } = await import(${JSON.stringify(url)});
      const { parentPort } = await import('node:worker_threads');
      let heard = 0;
      for (let i = 0; i < 5; i++)
        subscribe({ groups: ['ipv4-route'], ref: true, onOverrun() {}, onMessages() { if (heard++ === 0) parentPort.postMessage('heard'); for (let n = 0; n < 1e5; n++); } });
      listLinks();
      parentPort.postMessage('open');`;
    let rounds = 0;
    for (; rounds < 10; rounds++) {
      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
      const next = (): Promise<unknown> =>
        new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      await next();
      const first = next();
      const changes = Array.from({ length: 500 }, (_, i) => ({
        action: 'replace' as const,
        object: { kind: 'route' as const, destination: `10.0.${i >> 8}.${i & 255}/32`, oif: 1, protocol: 4 + rounds },
      }));
      await netlink.applyAll(changes);
      await first;
      await worker.terminate();
    }
    return { rounds };
  });
  expect(rounds).toBe(10);
});

it('two threads hear of the same change each on its own event loop', async () => {
  const heard = await inNamespace(async ({ netlink, sh, until, url }) => {
    const { Worker } = await import('node:worker_threads');
    const source = `
      const { subscribe } = await import(${JSON.stringify(url)});
      const { parentPort } = await import('node:worker_threads');
      subscribe({ groups: ['ipv4-rule'], ref: true, onOverrun() {}, onMessages: batch => parentPort.postMessage(batch[0].object.from) });
      parentPort.postMessage('open');`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
    const heard: unknown[] = [];
    worker.on('message', m => heard.push(m));
    await until('the worker', () => heard.includes('open'));
    netlink.subscribe({ groups: ['ipv4-rule'], onOverrun: () => undefined, onMessages: () => heard.push('main') });
    sh('ip rule add from 192.0.2.1 lookup 100');
    await until('both', () => heard.length === 3);
    await worker.terminate();
    return heard;
  });
  expect(heard.sort()).toEqual(['192.0.2.1/32', 'main', 'open']);
});
