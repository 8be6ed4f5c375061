import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../test/live/lab/lab.js';

const marks = '/var/log/marks';

// The clock is read before anything else, so that only the start of the process is measured, which is the same for both.
const source = `
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
int main(int argc, char **argv) {
  struct timespec t;
  char line[4096];
  clock_gettime(CLOCK_REALTIME, &t);
  int length = snprintf(line, sizeof line, "%lld.%09ld %s\\n", (long long)t.tv_sec, t.tv_nsec, argv[0]);
  int file = open("${marks}", O_WRONLY | O_APPEND);
  return write(file, line, length) == length ? 0 : 1;
}
`;

/** Installs the script that is measured: it writes down when it began. */
export const installMark = async (lab: Pick<Lab, 'write'>, directories: readonly string[]): Promise<void> => {
  const build = mkdtempSync(join(tmpdir(), 'network-broker-bench-'));
  try {
    execFileSync('cc', ['-O2', '-x', 'c', '-', '-o', join(build, 'mark')], { input: source });
    await lab.write(marks, '', 0o666);
    for (const directory of directories)
      await lab.write(`${directory}/10-mark`, readFileSync(join(build, 'mark')), 0o755);
  } finally {
    rmSync(build, { recursive: true });
  }
};

/** When each run began, in milliseconds since the epoch, in order. */
export const readMarks = async (lab: Pick<Lab, 'read'>): Promise<readonly number[]> =>
  (await lab.read(marks))
    .split('\n')
    .filter(Boolean)
    .map(line => Number(line.split(' ')[0]) * 1000);
