import { type Program, refuseNul, SpawnError } from '@network-stack/spawn';
import type { Options } from 'execa';
import { defer, Observable, switchMap } from 'rxjs';
import { type Begun, type Processes, processesBy } from './processes.js';

const optionsFor = ({ env, cwd }: Program) =>
  ({
    ...{ env, extendEnv: false, cwd },
    ...{ stdin: 'ignore', stdout: 'pipe', stderr: 'pipe', encoding: 'buffer', buffer: false },
    ...{ detached: true, cleanup: false, reject: false },
  }) as const satisfies Options;

/**
 * Processes by execa, which is loaded for the first one, wherever there is a `node:child_process`. Otherwise than by posix_spawn(3), they
 * begin after `run` has returned; outputs are sockets, which cannot be opened by the name /dev/stderr
 * and say ECONNRESET once they are closed; of what is no UTF-8 in the environment,
 * U+FFFD is left; and there are no cgroups.
 */
export const execaProcesses = (): Processes =>
  processesBy((program, ended) =>
    defer(() => import('execa')).pipe(
      switchMap(
        ({ execa }) =>
          new Observable<Begun>(out => {
            refuseNul(program);
            const child = execa(program.path, program.args ?? [], optionsFor(program));
            const { pid, stdout, stderr } = child;
            if (pid === undefined) {
              void child.then(({ code = 'UNKNOWN' }) => out.error(new SpawnError(code, program.path)));
              return;
            }
            child.once('exit', ended);
            out.next({ pid, stdout, stderr });
            out.complete();
          }),
      ),
    ),
  );
