import { expect, test } from '@jest/globals';
import { inNamespace, possible } from './lab.js';

const it = possible ? test : test.skip;

it('another network namespace is asked, changed and listened to, and the process stays in its own', async () => {
  const seen = await inNamespace(async ({ netlink, sh, until }) => {
    const { openSync, readlinkSync, readdirSync } = await import('node:fs');
    sh('mount -t tmpfs none /run; ip netns add blue; ip -n blue link add b0 type bridge');
    const namespaces = (): string[] =>
      readdirSync('/proc/self/task').map(task => readlinkSync(`/proc/self/task/${task}/ns/net`));
    const before = namespaces();
    const names = async (options?: Parameters<typeof netlink.listLinks>[0]): Promise<string[]> =>
      (await netlink.listLinks(options)).map(({ name }) => name);
    const descriptor = openSync('/run/netns/blue', 'r');
    const session = new netlink.Session('blue');
    const heard: string[] = [];
    const subscription = netlink.subscribe({
      netns: 'blue',
      groups: ['link'],
      onMessages: batch => {
        for (const message of batch)
          if (message.kind === 'new' && message.object.kind === 'link') heard.push(message.object.name);
      },
      onOverrun: () => undefined,
    });
    await netlink.addLink({ name: 'b1', info: { kind: 'bridge' } }, { netns: 'blue' });
    await until('the news of b1', () => {
      subscription.drain();
      return heard.includes('b1');
    });
    await netlink.add({ kind: 'rule', from: '192.0.2.5', table: 100, priority: 1000 }, { session });
    subscription.close();
    const said = async (work: Promise<unknown>): Promise<string> =>
      work.then(String, (error: unknown) => String(error));
    return {
      all: [
        await names(),
        await names({ netns: 'blue' }),
        await names({ netns: '/run/netns/blue' }),
        await names({ netns: descriptor }),
        await names({ session }),
        await names(),
      ],
      rules: [sh('ip rule'), sh('ip -n blue rule')].map(text => text.includes('192.0.2.5')),
      errors: [
        await said(netlink.listLinks({ netns: 'green' })),
        await said(netlink.listLinks({ netns: -1 })),
        await said(netlink.listLinks({ netns: openSync('/proc/self/ns/uts', 'r') })),
        await said(netlink.listLinks({ netns: 'x'.repeat(5000) })),
        await said(netlink.listLinks({ netns: 'blue\0' })),
      ],
      moved: namespaces().filter(namespace => namespace !== before[0]),
    };
  });
  const blue = ['lo', 'b0', 'b1'];
  expect(seen.all).toEqual([['lo'], blue, blue, blue, blue, ['lo']]);
  expect(seen.rules).toEqual([false, true]);
  expect(seen.moved).toEqual([]);
  expect(seen.errors).toEqual([
    expect.stringMatching(/^NetlinkError: open a netlink socket in green: ENOENT/),
    expect.stringMatching(/EBADF/),
    expect.stringMatching(/EINVAL/),
    expect.stringMatching(/ENAMETOOLONG/),
    expect.stringMatching(/EINVAL/),
  ]);
});

it('without CAP_SYS_ADMIN over it, another network namespace is refused', async () => {
  const error = await inNamespace(
    async ({ netlink }) => {
      const { openSync } = await import('node:fs');
      return netlink.listLinks({ netns: openSync('/proc/self/ns/net', 'r') }).catch(String);
    },
    ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--'],
  );
  expect(error).toMatch(/EPERM/);
});
