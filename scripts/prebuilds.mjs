// make prebuilds: the addons for x64 and arm64, each with glibc and with musl, by Debian's compilers; their hashes go to
// packaging/prebuilds.sha256, and only change with sources or compilers. node prebuilds.mjs [DIRECTORY]: there instead, and no hashes.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath, URL } from 'node:url';
import { execaSync } from 'execa';
import { compile } from '../packages/addon/dist/compile.js';

const packages = fileURLToPath(new URL('../packages', import.meta.url));
const [to] = process.argv.slice(2);

const machines = [
  {
    arch: 'x64',
    gcc: 'x86_64-linux-gnu-gcc',
    musl: '/usr/include/x86_64-linux-musl',
    linux: ['/usr/include/x86_64-linux-gnu', '/usr/include'],
  },
  {
    arch: 'arm64',
    gcc: 'aarch64-linux-gnu-gcc',
    musl: '/usr/include/aarch64-linux-musl',
    linux: ['/usr/aarch64-linux-gnu/include'],
    // Atomics are libgcc's otherwise; libuv's headers, which are the same for all machines, Debian has there.
    further: ['-mno-outline-atomics', '-idirafter', '/usr/include'],
  },
];

/** musl's headers in place of glibc's; Linux's own come after them. The C library that runs the program is asked for the rest. */
const withMusl = ({ gcc, musl, linux }) => {
  const { stdout: own } = execaSync(gcc, ['-print-file-name=include']);
  const system = [musl, own].flatMap(directory => ['-isystem', directory]);
  return ['-nostdinc', '-nostdlib', ...system, ...linux.flatMap(directory => ['-idirafter', directory])];
};

const isProgram = name => process.env.PATH.split(delimiter).some(directory => existsSync(join(directory, name)));
const missing = machines.flatMap(({ gcc, musl }) => [
  ...(isProgram(gcc) ? [] : [gcc]),
  ...(existsSync(musl) ? [] : [musl]),
]);
if (missing.length > 0) {
  console.error(
    `prebuilds: expected compilers for x64 and arm64 and the headers of musl for both, found no ${missing.join(', no ')}. On Debian: dpkg --add-architecture arm64 && apt update && apt install gcc gcc-aarch64-linux-gnu libc6-dev-arm64-cross musl-dev musl-dev:arm64`,
  );
  process.exit(1);
}

const hashes = [];
for (const machine of machines)
  for (const libc of ['glibc', 'musl'])
    for (const name of ['netlink', 'spawn', 'unix']) {
      const target = `linux-${machine.arch}-${libc}`;
      const output = join(to ?? join(packages, name, 'prebuilds'), target, `${name}.node`);
      const flags = [...(machine.further ?? []), ...(libc === 'musl' ? withMusl(machine) : [])];
      compile(join(packages, name, `src/addon/${name}.c`), output, machine.gcc, flags);
      const hash = createHash('sha256').update(readFileSync(output)).digest('hex');
      hashes.push(`${hash}  dist/prebuilds/${target}/${name}.node\n`);
    }
if (to === undefined) writeFileSync(join(packages, '../packaging/prebuilds.sha256'), hashes.join(''));
