import { closeSync, constants, mkdirSync, openSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import type { Cost } from '../../model/outcome.js';
import { errorCode } from '../files/error-code.js';
import { textOf } from '../files/regular-file.js';
import { isScarcity } from './scarcity.js';

/** A cgroup of a run's own (cgroups(7), version 2). */
export interface Group {
  /** its directory, for the first process to begin in; open until `begun` */
  readonly fd: number;
  readonly begun: () => void;
  /** Ends all that is in it, whatever session or process group it has made for itself. */
  readonly kill: () => void;
  /** what all that was ever in it has used so far */
  readonly cost: () => Cost | undefined;
  /** Removes it; while somebody lives on in it, that is tried again whenever another one is made. */
  readonly leave: () => void;
}

export interface Groups {
  /** undefined: none can be had. Throws for want of descriptors or memory. */
  readonly make: () => Group | undefined;
}

/** Nobody has given us a part of the tree: what a run starts is known by its process group alone. */
export const noGroups: Groups = { make: () => undefined };

const CGROUPS = '/sys/fs/cgroup';
const PREFIX = 'run-';

const attempt = (act: () => void): string | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    return errorCode(error);
  }
};

const costIn = (directory: string): Cost | undefined => {
  const cpu = /^usage_usec (\d+)$/m.exec(textOf(`${directory}/cpu.stat`))?.[1];
  const memory = textOf(`${directory}/memory.peak`).trim();
  return cpu === undefined ? undefined : { cpu: Number(cpu) / 1000, ...(memory !== '' && { memory: Number(memory) }) };
};

/** The groups below this one, which is ours alone. Those that an earlier daemon left behind are ended. */
const groupsBelow = (service: string): Groups => {
  const left = new Set<string>();
  let last = 0;
  const kill = (directory: string): void => {
    attempt(() => writeFileSync(`${directory}/cgroup.kill`, '1'));
  };
  const remove = (directory: string): void => {
    if (attempt(() => rmdirSync(directory)) === 'EBUSY') left.add(directory);
    else left.delete(directory);
  };
  for (const name of readdirSync(service).filter(each => each.startsWith(PREFIX))) {
    kill(`${service}/${name}`);
    remove(`${service}/${name}`);
    last = Math.max(last, Number(name.slice(PREFIX.length)) || 0);
  }
  return {
    make: () => {
      left.forEach(remove);
      const directory = `${service}/${PREFIX}${(last += 1)}`;
      try {
        mkdirSync(directory);
        const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
        return {
          fd,
          begun: () => closeSync(fd),
          kill: () => kill(directory),
          cost: () => costIn(directory),
          leave: () => remove(directory),
        };
      } catch (error) {
        remove(directory);
        if (isScarcity(error)) throw error;
        return undefined;
      }
    },
  };
};

/**
 * Groups below that of the service, if the service manager has given it to us (Delegate=, systemd.resource-control(5)) and nobody
 * else is in it. This process moves into a leaf of its own: a group that hands controllers on may hold no processes.
 */
export const delegatedGroups = (): Groups => {
  const path = /^0::(\/.*\.service)$/m.exec(textOf('/proc/self/cgroup'))?.[1];
  const service = `${CGROUPS}${path ?? ''}`;
  if (path === undefined || textOf(`${service}/cgroup.procs`).trim() !== String(process.pid)) return noGroups;
  try {
    mkdirSync(`${service}/daemon`, { recursive: true });
    writeFileSync(`${service}/daemon/cgroup.procs`, String(process.pid));
    attempt(() => writeFileSync(`${service}/cgroup.subtree_control`, '+memory')); // where there is such a controller
    return groupsBelow(service);
  } catch {
    return noGroups;
  }
};
