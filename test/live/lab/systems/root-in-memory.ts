import { dirname } from 'node:path';

/** Directories and files of the host that are there, too: where each is, where it is to be. */
export type Binds = Readonly<Record<string, string>>;

const bind = (from: string, to: string, how: string): string =>
  `if [ -d '${from}' ]; then mkdir -p '.${to}'; else mkdir -p '.${dirname(to)}'; touch '.${to}'; fi
mount --bind '${from}' '.${to}'${how}`;

/**
 * Makes a root directory, in sh, and goes there: over `root` lies one in memory that takes what is written.
 * - `/sys` is read-only: systemd and networkd take that for a container and do not wait for devices.
 * - `/proc/sys` is read-only but for `net`: the rest is the host's.
 * - so is what comes from the host, but for `shared`, which is where it is on the host.
 */
export const rootInMemory = (root: string, binds: Binds, shared: readonly string[] = []): string => `
mount -t tmpfs -o mode=0755 tmpfs /mnt
cd /mnt
mkdir upper work root
mount -t overlay -o lowerdir='${root}',upperdir=/mnt/upper,workdir=/mnt/work overlay root
cd root
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=0755 tmpfs dev
for name in null zero full random urandom tty; do touch dev/$name; mount --bind /dev/$name dev/$name; done
mkdir dev/pts dev/shm dev/net
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts dev/pts
touch dev/net/tun
mount --bind /dev/net/tun dev/net/tun 2>/dev/null || true
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for n in 0:stdin 1:stdout 2:stderr; do ln -s /proc/self/fd/\${n%:*} dev/\${n#*:}; done
mount -t tmpfs -o mode=0755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount --bind proc/sys/net proc/sys/net
mount --rbind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
${Object.entries(binds)
  .map(([from, to]) => bind(from, to, `; mount -o remount,bind,ro '.${to}'`))
  .join('\n')}
${shared.map(directory => bind(directory, directory, '')).join('\n')}`;

/** Makes the directory that `rootInMemory` went to the only one there is. */
export const enterRoot = `mkdir old
pivot_root . old
cd /
umount -n -l /old
rmdir old`;
