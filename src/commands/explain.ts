import { join } from 'node:path';
import { exhaustMap, forkJoin, map, type Observable, of, take, tap } from 'rxjs';
import type { Fault } from '../model/fault.js';
import type { Step } from '../model/world.js';
import { directoriesOf } from '../sinks/scripts/directories.js';
import { directoryVariables, type Environment } from '../sinks/scripts/environment.js';
import { inLayers } from '../sinks/scripts/layers.js';
import { scriptVariables } from '../sinks/scripts/run-event.js';
import { standardVariables } from '../sinks/standard.js';
import { systemBus } from '../system/bus/bus.js';
import { createFiles } from '../system/files/files.js';
import { rtnetlink } from '../system/rtnetlink.js';
import type { ScriptFiles } from '../system/files/script-files.js';
import { requestedStep } from '../cli/requested-step.js';
import type { Asked } from '../cli/command-line.js';
import type { Options } from '../config/options.js';
import { type Explanation, explanationOf, explanationPage } from '../text/explanation.js';
import { explainTargets } from './explain-targets.js';
import { targetDaemon } from '../cli/target-daemon.js';
import { painter } from '../cli/paint.js';
import { say } from '../system/say.js';
import { exitStatusOf } from '../cli/exit-status-of.js';

/** `STATE`, which each directory's scripts are told for themselves. */
const chosenBy = ({ event }: Step, directories: readonly string[]): Environment => {
  const words = directories.flatMap(name => directoryVariables(event, `${name}/script`).STATE ?? []);
  return words.length === 0 ? {} : { STATE: words.join(' or ') };
};

/** Says which scripts would run, and why others would not; runs and writes nothing. Resolves to the exit status. */
export const explain = (options: Options, { words, flags }: Asked): Promise<number> => {
  const bus = systemBus();
  const files = createFiles();
  const { owners, runtime } = targetDaemon(options, files);
  const unwritten: ScriptFiles = { hold: name => of(join(runtime, 'script-files', name)) };
  const enrich = standardVariables({ rtnetlink, bus, files }, unwritten);
  const report = ({ message }: Fault): void => say(message);
  const explained = (step: Step): Observable<Explanation> => {
    const { directories } = directoriesOf(step.event, step.world.config?.events.scriptsOnRenewal);
    return forkJoin({
      listings: files.list(inLayers(options.scriptDirectory, directories)),
      environment: scriptVariables(files, enrich)(step, report).pipe(
        take(1),
        map(environment => ({ ...environment, ...chosenBy(step, directories) })),
      ),
      targets: explainTargets(step, bus, files),
    }).pipe(map(({ listings, environment, targets }) => explanationOf(step, listings, owners, environment, targets)));
  };
  const page = (explanation: Explanation): string =>
    flags.includes('json')
      ? `${JSON.stringify(explanation)}
`
      : explanationPage(explanation, painter(process.stdout));
  return exitStatusOf(
    requestedStep(options, words, bus, files).pipe(
      exhaustMap(explained),
      take(1),
      tap(explanation => process.stdout.write(page(explanation))),
    ),
  );
};
