import { closeSync, openSync, readSync } from 'node:fs';
import { arch, platform } from 'node:process';

/** The header of an ELF file and the name of its interpreter, which comes soon after. */
const HEAD_BYTES = 4096;

/** musl's own loader runs what is linked with musl: `/lib/ld-musl-x86_64.so.1`. */
const libcOf = (program: string): 'glibc' | 'musl' => {
  const head = Buffer.alloc(HEAD_BYTES);
  const descriptor = openSync(program, 'r');
  try {
    return head.toString('latin1', 0, readSync(descriptor, head)).includes('/ld-musl-') ? 'musl' : 'glibc';
  } finally {
    closeSync(descriptor);
  }
};

/** What a program can load, this one unless told otherwise: `linux-x64-glibc`. */
export const target = (program = '/proc/self/exe'): string => `${platform}-${arch}-${libcOf(program)}`;
