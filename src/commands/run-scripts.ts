import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exhaustMap, finalize, takeUntil, takeWhile, tap } from 'rxjs';
import type { Fault } from '../model/fault.js';
import type { Outcome } from '../model/outcome.js';
import type { Step } from '../model/world.js';
import { isOfChosenLink } from '../world/chosen-links.js';
import { reasons } from '../sinks/scripts/reasons.js';
import { eventScripts } from '../sinks/scripts/run-event.js';
import { createScriptFinder } from '../sinks/scripts/find.js';
import { linkFacts } from '../sinks/link-json/ask-link.js';
import { standardVariables } from '../sinks/standard.js';
import { systemBus } from '../system/bus/bus.js';
import { createFiles } from '../system/files/files.js';
import { posixProcesses } from '../system/processes/by-posix-spawn.js';
import { textOf } from '../system/files/regular-file.js';
import { rtnetlink } from '../system/rtnetlink.js';
import { createScriptFiles } from '../system/files/script-files.js';
import { signals } from '../system/signals.js';
import { requestedStep } from '../cli/requested-step.js';
import { privilegesIn } from './checks/privileges.js';
import type { Asked } from '../cli/command-line.js';
import type { Options } from '../config/options.js';
import { describe } from '../text/log-records.js';
import { targetDaemon } from '../cli/target-daemon.js';
import { say } from '../system/say.js';
import { tooPrivilegedHere } from '../daemon/unprivileged.js';
import { exitStatusOf } from '../cli/exit-status-of.js';

/** The service's sandbox (systemd.exec(5)) is its own: from here nobody can enter it. */
const outsideSandbox =
  'as a service the daemon runs scripts in a sandbox (ProtectSystem=, PrivateTmp= and others in its unit): what works here may fail there, and its /tmp is another';

/** How this differs from what the daemon would do. */
const differences = (step: Step): readonly string[] => [
  outsideSandbox,
  ...reasons(step, isOfChosenLink(step)).map(why => `the daemon would not run these scripts: ${why}`),
  ...privilegesIn(textOf('/proc/self/status'), step.world.config)
    .filter(({ severity }) => severity !== 'ok')
    .map(({ message }) => message),
];

/**
 * Runs the scripts of a state of a link, now, as this user: the daemon's rules, environment, order and time limit. Their
 * output is passed on; how each ended is said on standard error. Resolves to 1 if one failed, or could not be run.
 */
export const runScripts = (options: Options, { words }: Asked): Promise<number> => {
  const tooMuch = tooPrivilegedHere();
  if (tooMuch !== undefined) {
    say(tooMuch);
    return Promise.resolve(1);
  }
  const bus = systemBus();
  const files = createFiles();
  const { owners } = targetDaemon(options, files);
  const temporary = mkdtempSync(join(tmpdir(), 'network-broker-'));
  chmodSync(temporary, 0o755); // scripts may become other users
  const scriptFiles = createScriptFiles(join(temporary, 'files'));
  const report = ({ message }: Fault): void => say(message);
  const { scriptsOf } = createScriptFinder({ ...files, owners }, options.scriptDirectory, report);
  const enrich = standardVariables({ rtnetlink, bus, files }, scriptFiles);
  const facts = linkFacts({ rtnetlink, bus, files });
  const run = eventScripts({ files, processes: posixProcesses(), scriptsOf, enrich, facts }, report);
  let ran = 0;
  let failed = 0;
  const show = (outcome: Outcome): void => {
    if (outcome.kind === 'script-output') process[outcome.stream].write(`${outcome.line}\n`);
    if (outcome.kind !== 'script-ran') return;
    ran += 1;
    for (const { level, message } of describe(outcome)) {
      if (level !== 'info') failed += 1;
      say(message);
    }
  };
  let stopped = false;
  const stop$ = signals('SIGINT', 'SIGTERM').pipe(tap(() => (stopped = true)));
  const run$ = requestedStep(options, words, bus, files).pipe(
    tap(step => differences(step).forEach(say)),
    exhaustMap(step => run(step)),
    tap(show),
    takeWhile(({ kind }) => kind !== 'done'),
    takeUntil(stop$),
    finalize(() => rmSync(temporary, { recursive: true, force: true })),
  );
  const end = (): number => {
    if (stopped) say('stopped; unfinished scripts were killed');
    else if (ran === 0) say('no script to run: see network-broker explain');
    return stopped || failed > 0 ? 1 : 0;
  };
  return exitStatusOf(run$, { end });
};
