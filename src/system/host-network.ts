import { statSync } from 'node:fs';

const inodeOf = (process: string): number | undefined => {
  try {
    return statSync(`/proc/${process}/net/dev`).ino;
  } catch {
    return undefined;
  }
};

/**
 * Is this the network of which the host's own services speak, systemd-networkd and systemd-resolved? In another network namespace
 * a link of theirs with the same ifindex is another link. Theirs is that of the first process: files of proc_pid_net(5), which
 * anybody may look at, are others in each network namespace. True also where it cannot be seen.
 */
export const isHostNetwork = (): boolean => {
  const first = inodeOf('1');
  return first === undefined || first === inodeOf('self');
};
