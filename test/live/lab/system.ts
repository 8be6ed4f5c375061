import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Lab } from './lab.js';
import { debianRoot, type Release } from './root.js';

/** A whole Debian, booted by its own systemd in namespaces of its own. Nothing in it reaches the host, nothing of it stays. */
export type System = Pick<Lab, 'sh' | 'path' | 'write' | 'read' | 'until' | 'close'>;

/** Directories of the host that the system has, too, read-only: where it is, where it is to be. */
export type Binds = Readonly<Record<string, string>>;

const execute = promisify(execFile);

/**
 * The way to systemd as the first process, in sh: over the root directory lies one in memory that takes what is written.
 * - `/sys` is read-only: systemd and networkd take that for a container and do not wait for devices.
 * - `/proc/sys` is read-only but for `net`: the rest is the host's.
 */
const boot = (root: string, binds: Binds): string => `
set -eu
mount -t tmpfs -o mode=0755 tmpfs /mnt
cd /mnt
mkdir upper work root
mount -t overlay -o lowerdir='${root}',upperdir=/mnt/upper,workdir=/mnt/work overlay root
cd root
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=0755 tmpfs dev
for name in null zero full random urandom tty; do touch dev/$name; mount --bind /dev/$name dev/$name; done
mkdir dev/pts dev/shm dev/net
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts dev/pts
touch dev/net/tun
mount --bind /dev/net/tun dev/net/tun 2>/dev/null || true
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for n in 0:stdin 1:stdout 2:stderr; do ln -s /proc/self/fd/\${n%:*} dev/\${n#*:}; done
mount -t tmpfs -o mode=0755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount --bind proc/sys/net proc/sys/net
mount --rbind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
${Object.entries(binds)
  .map(
    ([from, to]) =>
      `if [ -d '${from}' ]; then mkdir -p '.${to}'; else mkdir -p '.${dirname(to)}'; touch '.${to}'; fi
mount --bind '${from}' '.${to}'; mount -o remount,bind,ro '.${to}'`,
  )
  .join('\n')}
hostname laboratory
ip link set lo up
mkdir old
pivot_root . old
cd /
umount -n -l /old
exec env -i container=lab PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd
`;

const namespaces = ['--mount', '--uts', '--pid', '--net', '--ipc', '--cgroup', '--propagation', 'private'];

/** Boots it and waits until all of it is up. */
export const bootSystem = async (release: Release, binds: Binds = {}): Promise<System> => {
  const root = debianRoot(release);
  const groups = await mkdtemp(join(tmpdir(), 'cgroup-'));
  execFileSync('mount', ['-t', 'cgroup2', 'cgroup2', groups]);
  const group = join(groups, `laboratory-${process.pid}-${Date.now()}`);
  await mkdir(group);
  const start = `echo $$ >'${group}/cgroup.procs'; exec unshare ${namespaces.join(' ')} --fork --kill-child sh -c "$0"`;
  const child = spawn('sh', ['-c', start, boot(root, binds)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += String(chunk)));
  const ended = once(child, 'close');

  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
    await writeFile(join(group, 'cgroup.kill'), '1').catch(() => undefined);
    for (let n = 0; n < 100; n += 1) {
      const left = await execute('sh', ['-c', 'find "$0" -depth -type d -exec rmdir {} + 2>/dev/null', group]).then(
        () => false,
        () => true,
      );
      if (!left) break;
      await wait(50);
    }
    execFileSync('umount', ['-l', groups]);
    await rmdir(groups);
  };

  const init = async (): Promise<string> => {
    for (let n = 0; n < 200 && child.exitCode === null; n += 1) {
      const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').catch(() => '');
      const pid = children.trim().split(' ')[0] ?? '';
      if (pid !== '' && (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() === 'systemd') return pid;
      await wait(25);
    }
    await close();
    throw new Error(`expected a system that boots, found: ${said || 'nothing within 5 s'}`);
  };
  const pid = await init();

  const sh: System['sh'] = async commands => {
    const env = ['env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'SYSTEMD_PAGER=', 'LC_ALL=C.UTF-8'];
    const into = ['-t', pid, '-m', '-u', '-p', '-n', '-i', '-C', '--wd=/', ...env, 'sh', '-euc', commands];
    const { stdout } = await execute('nsenter', into, { maxBuffer: 1 << 28, cwd: '/' });
    return stdout;
  };
  const path: System['path'] = inside => `/proc/${pid}/root${inside}`;
  const system: System = {
    sh,
    path,
    write: async (file, text, mode = 0o644) => {
      await mkdir(dirname(path(file)), { recursive: true });
      await writeFile(path(file), text);
      await chmod(path(file), mode);
    },
    read: file => readFile(path(file), 'utf8').catch(() => ''),
    until: async (what, look, seconds = 10) => {
      const end = Date.now() + seconds * 1000;
      for (;;) {
        const found = await look();
        if (found !== undefined && found !== false) return found;
        if (Date.now() > end) {
          const journal = await sh('journalctl -n 40 --no-pager -o short-monotonic || true');
          throw new Error(`waited ${seconds} s in vain for ${what}\n${journal}`);
        }
        await wait(20);
      }
    },
    close,
  };
  await system.until(
    'the system to be up',
    async () => {
      const state = (await sh('systemctl is-system-running 2>&1 || true')).trim();
      if (state === 'degraded') throw new Error(`units failed: ${await sh('systemctl --failed --no-pager')}`);
      return state === 'running';
    },
    30,
  );
  return system;
};
