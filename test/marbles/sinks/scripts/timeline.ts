import { asyncScheduler, filter, map, NEVER, type Observable, takeUntil, timer } from 'rxjs';
import type { Fault } from '../../../../src/model/fault.js';
import type { Outcome } from '../../../../src/model/outcome.js';
import type { Step } from '../../../../src/model/world.js';
import { standardDirectories } from '../../../../src/model/script-directories.js';
import { type ScriptsOptions, scriptsSink } from '../../../../src/sinks/scripts/sink.js';
import { config, link, linkState, step, world } from '../../../../src/testing/builders.js';
import { fakeFiles, type FakeTree } from '../../../../src/fakes/fake-files.js';
import { type FakeProgram, fakeProcesses } from '../../../../src/fakes/fake-processes.js';
import { marbles } from '../../../../src/testing/marbles.js';

export const short = (path: string): string => path.replace('/s/', '');
const empty = Object.fromEntries(standardDirectories.map(name => [`/s/${name}`, []]));
export const tree = (directories: FakeTree['directories'] = {}, texts: FakeTree['texts'] = {}): FakeTree => ({
  directories: { ...empty, ...directories },
  texts,
});

const shown = (outcome: Outcome): string => {
  switch (outcome.kind) {
    case 'fault':
    case 'applied':
      return outcome.message;
    case 'policy':
    case 'target':
      return outcome.kind;
    case 'seen':
    case 'began':
    case 'done':
      return `${outcome.kind} ${outcome.step.id}`;
    case 'script-started':
      return '';
    case 'script-output':
      return `${short(outcome.script)} says ${outcome.line}`;
    case 'unit-job':
      return `${outcome.step.id} ${outcome.job} ${outcome.unit} ${outcome.result}`;
    case 'script-ran': {
      const { step: of, exit, timedOut, error } = outcome;
      return `${of.id} ${short(outcome.script)} ${error ?? exit.signal ?? exit.code}${timedOut ? ', timed out' : ''}`;
    }
  }
};

type Programs = Readonly<Record<string, FakeProgram>>;
/** The sink over a file system and programs, its outcomes as text. */
export const sinkOver = (
  files: FakeTree | (() => FakeTree),
  programs: Programs,
  options: Partial<ScriptsOptions> = {},
) => {
  const processes = fakeProcesses(path => programs[short(path)] ?? {});
  const faults: Fault[] = [];
  const sink = scriptsSink({ files: fakeFiles(files), processes, scriptDir: '/s', ...options });
  const result = (step$: Observable<Step>): Observable<string> =>
    sink
      .consume({ step$, world$: NEVER }, fault => faults.push(fault))
      .pipe(
        filter(({ kind }) => kind !== 'script-started'), // as the processes' own log tells it
        map(shown),
      );
  const said = (): readonly string[] => faults.map(({ code, message }) => `${code}: ${message}`);
  return { result, processes, said };
};

export const fail = (error: unknown): never => {
  throw error;
};

export const [eth0, eth1, eth2] = [link(2, 'eth0'), link(3, 'eth1'), link(4, 'eth2')];
export const carrier = (id: number, of = eth0, settings = config()): Step =>
  step(id, linkState(of, { CarrierState: 'carrier' }), world([of], settings));
export const routable = (id: number, of = eth0, settings = config()): Step =>
  step(id, linkState(of, { OperationalState: 'routable' }), world([of], settings));
export const slots = (maxParallel: number) => config({ scripts: { maxParallel } });
export const twoScripts = tree({ '/s/carrier.d': ['10-a', '20-b'], '/s/routable.d': ['10-a'] });
export const oneScript = tree({ '/s/carrier.d': ['10-a'], '/s/routable.d': ['10-a'] });

/** What processes do for these steps, with the time; ended at `until` if that is given. */
export const timeline = (
  files: FakeTree | (() => FakeTree),
  programs: Programs,
  diagram: string,
  steps: Readonly<Record<string, Step>>,
  { until = Infinity, ...options }: Partial<ScriptsOptions> & { readonly until?: number } = {},
) => {
  const { result, processes, said } = sinkOver(files, programs, options);
  const outcomes: string[] = [];
  let isComplete = false;
  marbles(({ hot }) => {
    const end$ = until === Infinity ? NEVER : timer(until);
    result(hot(diagram, steps))
      .pipe(takeUntil(end$))
      .subscribe({
        next: outcome => outcomes.push(`${asyncScheduler.now()} ${outcome}`),
        error: (error: unknown) => outcomes.push(`${asyncScheduler.now()} error ${String(error)}`),
        complete: () => {
          isComplete = true;
        },
      });
  })();
  return { outcomes, log: processes.log, environments: processes.environments, said: said(), isComplete };
};
