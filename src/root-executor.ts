// The program of network-broker-root.service: docs/root.md.
import { dirname } from 'node:path';
import { map } from 'rxjs';
import { ROOT_CONFIGURATION } from './model/root-request.js';
import { toAddress, toLink } from './model/wire/from-netlink.js';
import { createConfiguration } from './root/configuration.js';
import { executor, MAX_REQUESTS } from './root/executor.js';
import { factsOf } from './root/facts.js';
import { createFiles } from './system/files/files.js';
import { heldFile } from './system/files/held-file.js';
import { createScriptFiles } from './system/files/script-files.js';
import { knownLink } from './system/known-link.js';
import { posixProcesses } from './system/processes/by-posix-spawn.js';
import { delegatedGroups } from './system/processes/cgroups.js';
import { nameProcess } from './system/processes/process-name.js';
import { say } from './system/say.js';
import { signals } from './system/signals.js';
import { passedSockets } from './system/sockets/passed-sockets.js';
import { rootCallers } from './system/sockets/root-server.js';

const main = (file: string): void => {
  const { RUNTIME_DIRECTORY = '/run/network-broker-root' } = process.env;
  const [descriptor, ...others] = passedSockets(process.env, process.pid);
  if (process.geteuid?.() !== 0 || descriptor === undefined || others.length > 0) {
    say('expected to be started by network-broker-root.socket, as root: systemctl start network-broker-root.socket');
    process.exitCode = 1;
    return;
  }
  nameProcess('network-broker-r');
  process.umask(0o022);
  const counts = { ran: 0, refused: 0, why: '' };
  executor({
    caller$: rootCallers(descriptor, MAX_REQUESTS),
    configuration: createConfiguration(file, () => performance.now()),
    scriptDirectory: dirname(file),
    files: createFiles(),
    processes: posixProcesses(delegatedGroups()),
    scriptFiles: createScriptFiles(`${RUNTIME_DIRECTORY}/files`),
    held: heldFile,
    factsOf: name =>
      knownLink(name).pipe(map(({ link, addresses }) => factsOf(toLink(link), addresses.map(toAddress)))),
    stop$: signals('SIGTERM', 'SIGINT'),
  }).subscribe({
    next: reply => {
      if (reply.kind === 'exited') counts.ran += 1;
      if (reply.kind !== 'refused') return;
      counts.refused += 1;
      counts.why = reply.why;
    },
    error: (error: unknown) => {
      say(`ended by ${String(error)}`);
      process.exit(1);
    },
    complete: () => {
      const refusals = counts.refused === 0 ? '' : `; refused ${counts.refused} requests, the last: ${counts.why}`;
      say(`ran ${counts.ran} scripts${refusals}`);
      process.exit(0);
    },
  });
};

main(process.argv[2] ?? ROOT_CONFIGURATION);
