import { execaSync } from 'execa';
import { type Binds, enterRoot, rootInMemory } from './root-in-memory.js';

/** What a program needs of the host to ask an archive or a registry. */
const asking: Binds = Object.fromEntries(
  ['/etc/resolv.conf', '/etc/hosts', '/etc/ssl/certs', '/etc/apt/apt.conf.d'].map(path => [path, path]),
);

/**
 * Runs sh commands as root in a root directory of which nothing stays, with the network of the host; what they said.
 * They end, with all that they have started, after ten minutes.
 */
export const inRoot = (root: string, commands: string, binds: Binds = {}): string => {
  const namespaces = ['--mount', '--pid', '--propagation', 'private', '--fork', '--kill-child'];
  const script = `set -eu\n${rootInMemory(root, { ...asking, ...binds })}\n${enterRoot}\nexec sh -euc "$1" 2>&1`;
  return execaSync('unshare', [...namespaces, 'sh', '-c', script, 'in-root', commands], {
    stdin: 'ignore',
    stripFinalNewline: false,
    timeout: 600_000,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LC_ALL: 'C.UTF-8' },
  }).stdout;
};
