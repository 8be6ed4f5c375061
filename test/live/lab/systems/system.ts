import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import type { Lab } from '../lab.js';
import { poll } from '../poll.js';
import { type Binds, enterRoot, rootInMemory } from './root-in-memory.js';
import { debianRoot, type Release } from './root.js';

/** A whole Debian, booted by its own systemd in namespaces of its own. Nothing in it reaches the host, nothing of it stays. */
export interface System extends Pick<Lab, 'sh' | 'path' | 'write' | 'read' | 'until' | 'close'> {
  /** its first process, as the host numbers it */
  readonly pid: number;
}

export interface BootOptions {
  readonly binds?: Binds;
  /** sh commands that root runs in it before it is booted */
  readonly prepare?: string;
}

/** The way to systemd as the first process, in sh. */
const boot = (root: string, { binds = {}, prepare = '' }: BootOptions): string => `
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
${rootInMemory(root, binds)}
hostname laboratory
ip link set lo up
${enterRoot}
${prepare}
exec env -i container=lab PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd
`;

const namespaces = ['--mount', '--uts', '--pid', '--net', '--ipc', '--cgroup', '--propagation', 'private'];

/** A mount of cgroup2 that nobody else sees, until its input ends. */
const mountGroups = 'mount -t cgroup2 cgroup2 /mnt && echo mounted && exec cat';

/** Boots what is in a root directory and waits until all of it is up. */
export const bootRoot = async (root: string, options: BootOptions = {}): Promise<System> => {
  const mount = execa('unshare', ['--mount', 'sh', '-c', mountGroups], { stderr: 'inherit', cleanup: false });
  await once(mount.stdout, 'readable');
  const group = `/proc/${mount.pid}/root/mnt/laboratory-${process.pid}-${Date.now()}`;
  await mkdir(group);
  const start = `echo $$ >'${group}/cgroup.procs'; exec unshare ${namespaces.join(' ')} --fork --kill-child sh -c "$0"`;
  const child = execa('sh', ['-c', start, boot(root, options)], {
    stdin: 'ignore',
    all: true,
    reject: false,
    cleanup: false,
  });

  const close = async (): Promise<string> => {
    child.kill('SIGKILL');
    const { all: said } = await child;
    await writeFile(`${group}/cgroup.kill`, '1').catch(() => undefined);
    for (let n = 0; n < 100; n += 1) {
      const { failed } = await execa({ reject: false })`find ${group} -depth -type d -exec rmdir {} +`;
      if (!failed) break;
      await wait(50);
    }
    mount.stdin.end();
    return said;
  };

  const init = async (): Promise<string> => {
    for (let n = 0; n < 200 && child.exitCode === null; n += 1) {
      const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').catch(() => '');
      const pid = children.trim().split(' ')[0] ?? '';
      if (pid !== '' && (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() === 'systemd') return pid;
      await wait(25);
    }
    const said = await close();
    throw new Error(`expected a system that boots, found: ${said || 'nothing within 5 s'}`);
  };
  const pid = await init();

  const sh: System['sh'] = async commands => {
    const env = ['env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'SYSTEMD_PAGER=', 'LC_ALL=C.UTF-8'];
    const into = ['-t', pid, '-m', '-u', '-p', '-n', '-i', '-C', '--wd=/', ...env, 'sh', '-euc', commands];
    const { stdout } = await execa('nsenter', into, { cwd: '/', stripFinalNewline: false, maxBuffer: 1 << 28 });
    return stdout;
  };
  const path: System['path'] = inside => `/proc/${pid}/root${inside}`;
  const system: System = {
    pid: Number(pid),
    sh,
    path,
    write: async (file, text, mode = 0o644) => {
      await mkdir(dirname(path(file)), { recursive: true });
      await writeFile(path(file), text);
      await chmod(path(file), mode);
    },
    read: file => readFile(path(file), 'utf8').catch(() => ''),
    until: async (what, look, seconds = 20) => {
      const found = await poll(look, seconds);
      if (found !== undefined) return found;
      const journal = await sh('journalctl -n 40 --no-pager -o short-monotonic || true');
      throw new Error(`waited ${seconds} s in vain for ${what}\n${journal}`);
    },
    close: async () => {
      await close();
    },
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

export const bootSystem = (release: Release, options?: BootOptions): Promise<System> =>
  bootRoot(debianRoot(release), options);
