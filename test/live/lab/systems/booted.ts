import { describe, jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { possible } from '../namespace/possible.js';
import { debianRoot, isRelease, type Release, USUAL } from './root.js';

jest.setTimeout(180_000); // a root directory may have to be made first; every wait in a test has a limit of its own

const chosen = Number(process.env.LABORATORY_RELEASE);

/** The Debian that is booted: the one that all the tests run over, if they run over one (over-debian.ts). */
export const release: Release = isRelease(chosen) ? chosen : USUAL;

const obstacle = (): string | undefined => {
  if (!possible) return 'no laboratory can be made';
  try {
    execFileSync('unshare', ['--mount', 'sh', '-c', 'mount -t cgroup2 cgroup2 /mnt'], { stdio: 'pipe' });
    execFileSync('dpkg-deb', ['--version'], { stdio: 'pipe' });
    debianRoot(release);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
};

const found = obstacle();
if (found !== undefined) {
  if (process.env.CI === 'true') throw new Error(`Debian ${release} cannot be booted: ${found}`);
  process.stderr.write(`tests that boot Debian ${release} are skipped: ${found}\n`);
}

/** `describe` for tests that boot a whole Debian; skipped, with the reason, where that cannot be; an error under CI=true. */
export const describeBooted: typeof describe.skip = found === undefined ? describe : describe.skip;
