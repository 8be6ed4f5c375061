import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../checkout.js';
import { packages } from '../packages/packages.js';

const obstacle = (): string | undefined => {
  if (process.getuid?.() !== 0) return 'they need root, for namespaces in which there are several users';
  try {
    execFileSync('unshare', ['--mount', '--net', '--pid', '--fork', 'true'], { stdio: 'pipe' });
    packages();
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
  return existsSync(join(checkout, 'dist', 'network-broker.cjs')) ? undefined : 'the daemon is not built: make build';
};

const found = obstacle();
if (found !== undefined) {
  if (process.env.CI === 'true') throw new Error(`live tests cannot run: ${found}`);
  process.stderr.write(`live tests are skipped: ${found}\n`);
}

/** Whether laboratories can be made here; if not, the reason was printed, and under CI=true it is an error. */
export const possible = found === undefined;
