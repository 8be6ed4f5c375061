import { group, passwd } from './users.js';

/**
 * The first process of a laboratory, in sh: makes a root directory of its own in memory (programs from the host, everything
 * else empty), makes it the only one, and then runs its arguments or, without any, waits for the end of its input. When
 * it ends, the kernel ends everything in the laboratory.
 * - `/sys` is read-only: networkd takes that for a container and does not wait for udev.
 * - `/proc/sys` is read-only but for `net`: the rest is the host's.
 */
export const init = (one: number | undefined): string => `
set -eu
umask 022
if [ "\${extra:-}" ]; then PATH=$extra/usr/sbin:$extra/usr/bin:$PATH; fi
mount -t tmpfs -o mode=0755 tmpfs /run
cd /run
mkdir -p usr etc etc/systemd etc/systemd/network run run/dbus run/systemd run/netns var var/lib var/log proc sys dev old
mkdir -m 1777 tmp var/tmp
from=\${base:-}
if [ "\${extra:-}" ]; then mount -t overlay -o ro,lowerdir="$extra/usr:$from/usr" overlay usr
else mount --rbind "$from/usr" usr && { mount -o remount,bind,ro usr 2>/dev/null || true; }; fi
for name in bin sbin lib lib32 lib64 libx32; do
  if [ -L "$from/$name" ]; then cp -P "$from/$name" "$name"
  elif [ -d "$from/$name" ]; then mkdir "$name"; mount --rbind "$from/$name" "$name"; fi
done
for name in alternatives ld.so.cache ld.so.conf ld.so.conf.d python3 python3.11 iproute2; do
  [ ! -e "$from/etc/$name" ] || cp -R "$from/etc/$name" etc/ 2>/dev/null || true
done
for directory in $binds; do
  case $directory/ in /usr/*) continue ;; esac
  mkdir -p ".$directory"; mount --rbind "$directory" ".$directory"; mount -o remount,bind,ro ".$directory" 2>/dev/null || true
done
mount --rbind /dev dev
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 -o ro cgroup2 sys/fs/cgroup 2>/dev/null || true
mount --bind proc/sys/net proc/sys/net
mount --rbind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
cat >etc/passwd <<'EOF'
${passwd(one)}
EOF
cat >etc/group <<'EOF'
${group(one)}
EOF
echo 'passwd: files
group: files
hosts: files' >etc/nsswitch.conf
echo '127.0.0.1 localhost' >etc/hosts
od -An -N16 -tx1 /dev/urandom | tr -d ' \\n' >etc/machine-id
ln -s /proc/mounts etc/mtab
ln -s /run var/run
hostname laboratory
rm -rf mount # libmount's, as this was /run
pivot_root . old
cd /
umount -n -i -l /old
rmdir /old
ip link set lo up
if [ $# -gt 0 ]; then
  status=0
  "$@" || status=$?
  exit "$status"
fi
echo ready
cat >/dev/null
`;
