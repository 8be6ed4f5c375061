/** Older kernels, and sandboxes, that refuse options of netlink sockets. */

/** Numbers of system calls, where the filter below can be made. */
const SYSTEM_CALLS = new Map([
  ['x64', { prctl: 157, setsockopt: 54 }],
  ['arm64', { prctl: 167, setsockopt: 208 }],
]).get(process.arch);

/** Whether `refusing` can be; when not, the reason is printed. */
export const filterable = SYSTEM_CALLS !== undefined;
if (!filterable)
  process.stderr.write(
    `tests of older kernels are skipped: numbers of system calls on ${process.arch} are not known\n`,
  );

/**
 * Starts another command as on a kernel that does not know these options of netlink sockets, or in a sandbox that does not
 * let them through: setsockopt() fails with this errno (seccomp(2), linux/filter.h).
 */
export function refusing(options: readonly number[], errno: number): readonly string[] {
  const [SOL_NETLINK, LOAD, IS, RETURN, ALLOW, ERRNO] = [270, 0x20, 0x15, 0x06, 0x7fff0000, 0x50000];
  const { prctl = 0, setsockopt = 0 } = SYSTEM_CALLS ?? {};
  const [NUMBER, LEVEL, OPTION] = [0, 24, 32]; // offsets in struct seccomp_data; of the arguments, the low half (little-endian)
  const rest = options.length;
  const program = [
    [LOAD, 0, 0, NUMBER],
    [IS, 0, rest + 3, setsockopt],
    [LOAD, 0, 0, LEVEL],
    [IS, 0, rest + 1, SOL_NETLINK],
    [LOAD, 0, 0, OPTION],
    ...options.map((option, i) => [IS, rest - i, 0, option]),
    [RETURN, 0, 0, ALLOW],
    [RETURN, 0, 0, ERRNO | errno],
  ];
  const filter = program.map(words => `pack("SCCL", ${words.join(',')})`).join('.');
  const script = `my $f = ${filter}; my $p = pack("Sx6P", ${program.length}, $f);
    syscall(${prctl}, 38, 1, 0, 0, 0) == 0 && syscall(${prctl}, 22, 2, $p) == 0 or die "seccomp: $!"; exec @ARGV or die $!`;
  return ['perl', '-e', script, '--'];
}
