import { isAvailable } from '@network-stack/spawn';
import { execaProcesses } from './by-execa.js';
import { posixProcesses } from './by-posix-spawn.js';
import type { Processes } from './processes.js';

/**
 * Real processes: by posix_spawn(3), and where that addon cannot be loaded (Bun, Deno, a machine without binary) by execa.
 *
 * @experimental
 */
export const createProcesses = (): Processes => (isAvailable() ? posixProcesses() : execaProcesses());
