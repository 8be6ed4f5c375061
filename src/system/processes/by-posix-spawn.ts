import { type Child, type Ended, type Program, spawn, SpawnError } from '@network-stack/spawn';
import { Observable } from 'rxjs';
import { type Group, type Groups, noGroups } from './cgroups.js';
import { type Processes, processesBy } from './processes.js';

/** Errors of clone3(2) that speak of the cgroup, or of a kernel or sandbox without it. */
const groupless: ReadonlySet<string> = new Set(['ENOSYS', 'EPERM', 'EBUSY', 'ENODEV', 'EOPNOTSUPP', 'EINVAL']);

/** Starts it in a cgroup of its own, if one can be had. */
const spawnIn = (groups: Groups, program: Program, ended: Ended): Child & { readonly group: Group | undefined } => {
  const group = groups.make();
  if (group === undefined) return { ...spawn(program, ended), group };
  try {
    return { ...spawn({ ...program, cgroup: group.fd }, ended), group };
  } catch (thrown) {
    group.leave();
    if (!(thrown instanceof SpawnError && groupless.has(thrown.code))) throw thrown;
    return { ...spawn(program, ended), group: undefined };
  } finally {
    group.begun();
  }
};

/** Processes by posix_spawn(3), or by clone3(2) where there are cgroups for them: before `run` returns, they have begun. */
export const posixProcesses = (groups: Groups = noGroups): Processes =>
  processesBy(
    (program, ended) =>
      new Observable(out => {
        out.next(spawnIn(groups, program, ended));
        out.complete();
      }),
  );
