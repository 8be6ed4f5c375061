import { dirname, join } from 'node:path';
import { asapScheduler, asyncScheduler, merge, type Observable } from 'rxjs';
import type { Options } from '../config/options.js';
import type { Report } from '../model/fault.js';
import type { Outcome } from '../model/outcome.js';
import { contexts } from '../system/async-contexts.js';
import { systemBus } from '../system/bus/bus.js';
import { systemClock } from '../system/clock.js';
import { createFiles } from '../system/files/files.js';
import { createLinkFiles } from '../system/files/link-files.js';
import { createScriptFiles } from '../system/files/script-files.js';
import { bootId, stateFile } from '../system/files/state-file.js';
import { directoryWatch } from '../system/files/watch-directory.js';
import { createWatch } from '../system/files/watch-files.js';
import { isHostNetwork } from '../system/host-network.js';
import { netnsLock } from '../system/netns-lock.js';
import { delegatedGroups } from '../system/processes/cgroups.js';
import { sleepInhibitor } from '../system/processes/inhibitor.js';
import { posixProcesses } from '../system/processes/by-posix-spawn.js';
import { withRootExecutor } from '../system/processes/by-root-executor.js';
import { rtnetlink } from '../system/rtnetlink.js';
import { supplying } from '../system/sockets/trace-socket.js';
import { assembled, type Employment } from './assembled.js';
import { statePath } from './state/state-path.js';
import { type About, createTracer, tracePaths } from './tracer.js';

export interface Surroundings extends Omit<Employment, 'scriptDirectory'> {
  readonly options: Options;
}

/** The broker with the real system around it. */
export const daemon = ({ options, ...employment }: Surroundings): Observable<Outcome> => {
  const isHost = isHostNetwork();
  const own = posixProcesses(delegatedGroups());
  const processes = isHost ? withRootExecutor(own) : own; // the executor is on the host's network
  const runtime = dirname(statePath(process.env));
  const { ring, socket } = tracePaths(process.env);
  const lock = netnsLock(runtime, pid =>
    employment.write({
      level: 'warn',
      message: `process ${pid ?? 'unknown'} holds the lock on the policy rules of this network namespace`,
      fields: { kind: 'daemon' },
    }),
  );
  const machine = {
    bus: systemBus(),
    files: createFiles(),
    processes,
    rtnetlink,
    isHostNetwork: isHost,
    lock,
    scriptFiles: createScriptFiles(join(runtime, 'script-files')),
    linkFiles: createLinkFiles(join(runtime, 'links')),
    clock: systemClock,
    leaseFiles: createWatch(),
    directories: directoryWatch,
    state: stateFile(statePath(process.env)),
    boot: bootId(),
    inhibit$: sleepInhibitor,
    scheduler: asyncScheduler,
    asapScheduler,
    contexts,
    tracer: (about: About, report: Report) => createTracer(ring, about, report),
    supply: ({ supply }: ReturnType<typeof createTracer>) => supplying(socket, supply),
  };
  return merge(assembled(machine, { ...employment, scriptDirectory: options.scriptDirectory }), processes.warmUp());
};
