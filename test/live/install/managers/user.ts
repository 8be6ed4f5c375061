import { chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { checkout } from '../../lab/checkout.js';

/** nobody */
const NOBODY = 65534;

/** All that PATH has: neither a compiler nor make nor Python. */
const COMMANDS = ['sh', 'env', 'uname', 'sed', 'dirname', 'basename', 'readlink', 'cat', 'mkdir', 'chmod', 'ln', 'rm'];

// In a mount namespace, so that an ordinary user can go there wherever the checkout lies.
const setting = `
mount -t tmpfs tmpfs /mnt
mkdir -p /mnt/tools /mnt/bin /mnt/scripts/addresses.d
mount --bind "$tools" /mnt/tools
for name in ${COMMANDS.join(' ')}; do ln -s "$(command -v "$name")" /mnt/bin; done
printf '#!/bin/sh\\necho "$LINK $ACTION $ADDRESS"; echo oops >&2; exit 3\\n' >/mnt/scripts/addresses.d/10-hello
chmod 755 /mnt /mnt/bin /mnt/scripts /mnt/scripts/addresses.d /mnt/scripts/addresses.d/10-hello
become="setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups --inh-caps=-all --bounding-set=-all env PATH=\${node%/*}:/mnt/bin"`;

/** An ordinary user, with a project and a home. */
export interface User {
  readonly directory: string;
  readonly write: (path: string, text: string) => void;
  /** Runs a program in the project, by this Node if it asks for one; what it said. */
  readonly run: (node: string, ...command: readonly string[]) => string;
  /** The same in a network of its own, in which v0 gets an address as soon as the program says `watching`. */
  readonly runWatching: (node: string, ...command: readonly string[]) => string;
  readonly remove: () => void;
}

/** @param tools is /mnt/tools to the user */
export const ordinaryUser = (tools: string): User => {
  const directory = mkdtempSync('/tmp/broker-user-');
  const home = join(directory, 'home');
  const project = join(directory, 'project');
  for (const each of [home, project]) mkdirSync(each);
  const own = (...paths: readonly string[]): void => paths.forEach(path => chownSync(path, NOBODY, NOBODY));
  own(directory, home, project);
  const sh = (namespaces: readonly string[], commands: string, node: string, command: readonly string[]): string => {
    const words = [
      ...namespaces,
      '--propagation',
      'private',
      'sh',
      '-euc',
      `${setting}\n${commands}`,
      'sh',
      ...command,
    ];
    const env = { HOME: home, CI: 'true', tools, node };
    return execaSync('unshare', words, { cwd: project, env, stripFinalNewline: false, timeout: 120_000 }).stdout;
  };
  const write = (path: string, text: string): void => {
    writeFileSync(join(project, path), text);
    own(join(project, path));
  };
  cpSync(join(checkout, 'test', 'live', 'install', 'managers', 'program.mjs'), join(project, 'program.mjs'));
  const told = `ip link add v0 type veth peer name v1
  timeout 30 $become "$@" 2>&1 | while read -r line; do
    echo "$line"
    [ "$line" != watching ] || ip address add 192.0.2.5/24 dev v0
  done`;
  return {
    directory: project,
    write,
    run: (node, ...command) => sh(['--mount'], '$become "$@" 2>&1', node, command),
    runWatching: (node, ...command) => sh(['--mount', '--net'], told, node, command),
    remove: () => rmSync(directory, { recursive: true }),
  };
};
