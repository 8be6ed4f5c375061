import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../checkout.js';

/** nobody */
const nobody = 65534;

/**
 * How to start the built program as an ordinary user, outside of any laboratory: root becomes nobody, who gets a copy of
 * the program in this directory, and the directory; wherever checkout and node lie, nobody need be able to go there.
 */
export const ordinarily = (directory: string, node = process.execPath): readonly string[] => {
  if (process.getuid?.() !== 0) return [node, join(checkout, 'dist', 'network-broker.cjs')];
  const program = join(directory, 'program');
  mkdirSync(program);
  const built = readdirSync(join(checkout, 'dist')).filter(each => /\.(cjs|node)$/.test(each));
  for (const name of built) cpSync(join(checkout, 'dist', name), join(program, name));
  chmodSync(program, 0o755);
  chownSync(directory, nobody, nobody);
  const become = `setpriv --reuid ${nobody} --regid ${nobody} --clear-groups --inh-caps=-all`;
  const start = `exec 9<"$0"; exec ${become} /proc/self/fd/9 "$@"`;
  return ['sh', '-c', start, node, join(program, 'network-broker.cjs')];
};
