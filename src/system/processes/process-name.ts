import { writeFileSync } from 'node:fs';

/**
 * Gives this process a name for `systemctl status`, `ps` and `top`: Node's own says nothing (proc_pid_comm(5), 15 bytes). Its
 * command line stays, which `process.title` would write over.
 */
export const nameProcess = (name: string): void => {
  try {
    writeFileSync('/proc/self/comm', name);
  } catch {
    // without /proc nobody looks at it either
  }
};
