import { describe, jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { possible } from './possible.js';
import { debianRoot, type Release } from './root.js';

jest.setTimeout(180_000); // a root directory may have to be made first; every wait in a test has a limit of its own

const obstacle = (release: Release): string | undefined => {
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

/** `describe` for tests that boot a whole Debian; skipped, with the reason, where that cannot be; an error under CI=true. */
export const describeBooted = (release: Release): typeof describe.skip => {
  const found = obstacle(release);
  if (found === undefined) return describe;
  if (process.env.CI === 'true') throw new Error(`Debian ${release} cannot be booted: ${found}`);
  process.stderr.write(`tests that boot Debian ${release} are skipped: ${found}\n`);
  return describe.skip;
};
