import { beforeAll, expect, test } from '@jest/globals';
import { execFile, execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { checkout } from '../lab/checkout.js';
import { describeLive } from '../lab/live.js';

const execute = promisify(execFile);

/** Runs its arguments in namespaces that nobody else changes, and says what is there after them that was not there before. */
const watch = `
set -eu
mount -t tmpfs tmpfs /mnt; mkdir /mnt/checkout /mnt/node; mkdir -m 1777 /mnt/tmp
mount --bind "$checkout" /mnt/checkout; mount --rbind "$node" /mnt/node
export TMPDIR=/mnt/tmp
state() { ip -o link; ip netns list; cut -d ' ' -f 5 /proc/self/mountinfo; ls -A /mnt/tmp; ps -e -o args=; }
before=$(state); "$@"; after=$(state)
if [ "$after" = "$before" ]; then echo 'nothing is left'; else printf 'before:\\n%s\\nafter:\\n%s\\n' "$before" "$after"; fi
`;
const namespaces = ['--mount', '--net', '--uts', '--ipc', '--pid', '--fork', '--kill-child', '--mount-proc'];
const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];

const demo = async (as: readonly string[]): Promise<string> => {
  const args = [
    ...namespaces,
    'sh',
    '-c',
    watch,
    'watch',
    ...as,
    '/mnt/node/bin/node',
    '/mnt/checkout/test/.cache/demo.mjs',
  ];
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', checkout, node: dirname(dirname(process.execPath)) };
  return (await execute('unshare', args, { env })).stdout;
};

/** Namespaces, and in them a sysfs of their own: the kernel refuses it where the one that there is shows less. */
const mayHaveNamespaces = (): boolean => {
  const own = ['unshare', '--user', '--map-root-user', '--net', '--mount', 'mount', '-t', 'sysfs', '-o', 'ro', 'sysfs'];
  try {
    execFileSync(nobody[0] ?? '', [...nobody.slice(1), ...own, '/mnt'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
};

const expectShown = (said: string): void => {
  const runs = said.split('\n').filter(line => line.includes('.d/10-show '));
  for (const directory of ['no-carrier.d', 'routable.d', 'configured.d'])
    expect(runs.filter(line => line.includes(` ${directory}/`) && line.endsWith(' ok')).length).toBeGreaterThanOrEqual(
      3,
    );
  const withoutReason = /^ *[\d.]+ s {2}\S+ +\S+\/10-show/;
  expect(runs.filter(line => withoutReason.test(line))).toEqual([]);
  expect(said).toMatch(/\n\d+ scripts ran\. Everything has been cleaned up\.\nnothing is left\n$/);
};

describeLive('make demo', () => {
  beforeAll(() => {
    execFileSync('make', ['--no-print-directory', 'test/.cache/demo.mjs'], { cwd: checkout, stdio: 'pipe' });
  });

  test('as root shows what ran and why, and leaves nothing behind', async () => {
    expectShown(await demo([]));
  });

  test('without root it does the same where the kernel allows, and says what to do where not', async () => {
    if (mayHaveNamespaces()) expectShown(await demo(nobody));
    else await expect(demo(nobody)).rejects.toThrow(/try sudo make demo/);
  });
});
