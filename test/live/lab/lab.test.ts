import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { describeLive } from './live.js';
import { withNetwork } from './network.js';

const host = (): string =>
  [
    readFileSync('/proc/self/mounts', 'utf8'),
    execFileSync('ip', ['-brief', 'link'], { encoding: 'utf8' }),
    execFileSync('hostname', { encoding: 'utf8' }),
  ].join('\n');

/** The network namespaces that some process is in. */
const inUse = (): readonly string[] =>
  execFileSync('sh', ['-c', 'for p in /proc/[0-9]*; do readlink $p/ns/net || true; done'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).split('\n');

describeLive('a laboratory', () => {
  test('leaves nothing behind, also when a test in it fails and a process in it stands still', async () => {
    const before = host();
    const own: string[] = [];
    const failed = withNetwork(['dhcp'], async ({ lab, networkd }) => {
      for (const starts of [{}, { netns: 'router' }])
        own.push((await lab.sh('readlink /proc/self/ns/net', starts)).trim());
      expect(inUse()).toEqual(expect.arrayContaining(own));
      await networkd.pause();
      throw new Error('as a test would');
    });
    await expect(failed).rejects.toThrow('as a test would');
    expect(host()).toBe(before);
    expect(inUse().filter(each => own.includes(each))).toEqual([]);
    expect(new Set(own).size).toBe(2);
  });

  test('tells what every process wrote last when it waits in vain', () =>
    withNetwork([], async ({ lab }) => {
      await lab.start('talker', ['sh', '-c', 'echo I am waiting for you; exec sleep 60']);
      await expect(lab.until('what never comes', () => false, 0.5)).rejects.toThrow(
        /what never comes[^]*I am waiting for you/,
      );
    }));
});
