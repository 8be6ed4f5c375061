import { join } from 'node:path';
import { exhaustMap, forkJoin, map, type Observable, of, take, tap } from 'rxjs';
import type { Fault } from '../model/fault.js';
import type { Step } from '../model/world.js';
import { directoryVariables, type Environment } from '../sinks/scripts/environment.js';
import type { Given } from '../sinks/scripts/styles/style.js';
import { styles } from '../sinks/scripts/styles/styles.js';
import { chosenBy, listedIn, type TreeDirectories } from '../sinks/scripts/trees.js';
import { linkFacts } from '../sinks/link-json/ask-link.js';
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
const statesIn = ({ event }: Step, directories: readonly TreeDirectories[]): Environment => {
  const own = directories.filter(({ tree }) => styles[tree.style].variables === undefined);
  const words = [...new Set(own.flatMap(({ run }) => directoryVariables(event, run.directory).STATE ?? []))];
  return words.length === 0 ? {} : { STATE: words.join(' or ') };
};

/** What scripts of other programs' trees would be given. */
const foreignIn = (given: Given, directories: readonly TreeDirectories[]): Explanation['foreign'] =>
  directories.flatMap(({ tree, run, layers: [path = ''] }) => {
    const { variables } = styles[tree.style];
    return variables === undefined ? [] : [{ path, args: run.args, environment: variables(given, run) }];
  });

/** Says which scripts would run, and why others would not; runs and writes nothing. Resolves to the exit status. */
export const explain = (options: Options, { words, flags }: Asked): Promise<number> => {
  const bus = systemBus();
  const files = createFiles();
  const { owners, runtime } = targetDaemon(options, files);
  const unwritten: ScriptFiles = { hold: name => of(join(runtime, 'script-files', name)) };
  const enrich = standardVariables({ rtnetlink, bus, files }, unwritten);
  const facts = linkFacts({ rtnetlink, bus, files });
  const report = ({ message }: Fault): void => say(message);
  const explained = (step: Step): Observable<Explanation> => {
    const directories = chosenBy(step, options.scriptDirectory);
    return forkJoin({
      listings: files.list(directories.flatMap(({ layers }) => layers)),
      environment: scriptVariables(files, enrich)(step, report).pipe(
        take(1),
        map(environment => ({ ...environment, ...statesIn(step, directories) })),
      ),
      known: facts(step, report),
      targets: explainTargets(step, bus, files),
    }).pipe(
      map(({ listings, environment, known, targets }) => {
        const foreign = foreignIn({ step, ...known }, directories);
        return explanationOf(step, listedIn(directories, listings), owners, environment, { targets, foreign });
      }),
    );
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
