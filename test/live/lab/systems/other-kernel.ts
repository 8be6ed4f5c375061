import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { packages, sets } from '../packages/packages.js';

const [program] = sets.otherKernel;
const LIMIT_MS = 120_000;

/** Why no other kernel can be started here; undefined: one can. */
export const obstacle = (): string | undefined => {
  if (process.arch !== 'x64') return `user-mode-linux is built for x64 alone, this is ${process.arch}`;
  try {
    packages(sets.otherKernel);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
};

const quoted = (path: string): string => `'${path.replaceAll("'", `'\\''`)}'`;

/**
 * Starts Debian's user-mode-linux: a kernel that is a process, with the files of this one to read and a /run of
 * its own to write. Runs the sh commands as its first process, and gives what they write. As a command
 * they have `load MODULE [PARAMETERS]`: IPv6 and MPLS are modules of this kernel, which lacks them until then.
 */
export const inOtherKernel = async (commands: string): Promise<string> => {
  const root = packages(sets.otherKernel) ?? '';
  const modules = join(root, 'usr/lib/uml/modules');
  const [version = ''] = existsSync(modules) ? readdirSync(modules) : [];
  const directory = await mkdtemp(join(tmpdir(), 'other-kernel-'));
  const init = join(directory, 'init');
  const path = `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin`;
  try {
    const script = `#!/bin/sh
mount -t proc none /proc; mount -t sysfs none /sys; mount -t tmpfs none /run
export PATH=${quoted(path)} HOME=/run
load() {
  perl -e 'open F, "<", $ARGV[0] or die "$ARGV[0]: $!"; syscall(313, fileno(F), $ARGV[1] // "", 0) == 0 or die "$ARGV[0]: $!"' \\
    ${quoted(join(modules, version, 'kernel'))}/"$1.ko" "\${2-}"
}
echo '## begin'
(set -eu
${commands}
) 2>&1
echo "## end $?"
echo o > /proc/sysrq-trigger
`;
    await writeFile(init, script, { mode: 0o755 });
    const kernel = ['mem=512M', 'rootfstype=hostfs', 'rootflags=/', 'ro', `init=${init}`, 'quiet', 'loglevel=0'];
    const { stdout } = await execa(join(root, program), [...kernel, 'con=null', 'con0=null,fd:1'], {
      ...{ env: { HOME: directory, TMPDIR: directory }, extendEnv: false },
      ...{ timeout: LIMIT_MS, killSignal: 'SIGKILL', reject: false }, // it ends by a signal, always
    });
    const said = stdout.replaceAll('\r', '');
    const [, output, status] = /## begin\n(.*)## end (\d+)/s.exec(said) ?? [];
    if (status !== '0') throw new Error(`the commands in the other kernel ended with ${status ?? 'no word'}:\n${said}`);
    return output ?? '';
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};
