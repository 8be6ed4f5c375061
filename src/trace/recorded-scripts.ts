import { scriptsIn } from '../sinks/scripts/judge.js';
import { styles } from '../sinks/scripts/styles/styles.js';
import { ownersFor, treeOf, treesOf } from '../sinks/scripts/trees.js';
import { groupBy } from '../model/values/group-by.js';
import type { Listing } from '../system/files/files.js';
import type { FakeProgram } from '../fakes/fake-processes.js';
import type { Header, TraceRecord } from './format.js';
import { isObject } from '../model/values/unknown.js';

/** What a trace says of scripts, for `fakeFiles` and `fakeProcesses`. */
export interface RecordedScripts {
  /** the names of runnable scripts by directory, as last listed */
  readonly directories: Readonly<Record<string, readonly string[]>>;
  /** each run by path; it takes Infinity if it had not ended when the trace did */
  readonly runs: Readonly<Record<string, readonly FakeProgram[]>>;
}

const isListing = (value: unknown): value is Listing =>
  isObject(value) && 'directory' in value && 'way' in value && 'entries' in value && Array.isArray(value.entries);

/** How a process ended, if this answer tells. */
const endOf = (answer: unknown): FakeProgram | undefined => {
  if (!isObject(answer) || !('kind' in answer)) return undefined;
  if (answer.kind === 'failed' && 'error' in answer) return { fails: String(answer.error) };
  if (answer.kind !== 'exited' || !('duration' in answer)) return undefined;
  const takes = Math.max(1, Math.round(Number(answer.duration)));
  if ('signal' in answer && typeof answer.signal === 'string') return { takes, endedBy: answer.signal };
  return 'code' in answer && answer.code !== 0 ? { takes, code: Number(answer.code) } : { takes };
};

export const recordedScripts = (
  { known, owners, scriptDir, start }: Pick<Header, 'known' | 'owners' | 'scriptDir' | 'start'>,
  records: readonly TraceRecord[],
): RecordedScripts => {
  const directories = new Map<string, readonly string[]>();
  const runs = new Map<string, FakeProgram[]>();
  /** who takes the answers to the question with this id */
  const open = new Map<number, (answer: unknown) => void>();

  let trees = treesOf(start.config, scriptDir);

  const listed = (answer: unknown): void => {
    const listings = Array.isArray(answer) ? answer.filter(isListing) : [];
    const found = listings.flatMap(listing => {
      const of = treeOf(trees, listing.directory);
      return of === undefined ? [] : [{ listing, ...of }];
    });
    for (const layers of groupBy(found, ({ tree, directory }) => `${trees.indexOf(tree)} ${directory}`).values()) {
      const [{ tree }] = layers;
      const judged = layers.map(({ listing }) => listing);
      const { scripts } = scriptsIn(judged, ownersFor(tree, owners), styles[tree.style].judge);
      for (const { directory } of judged) {
        const own = scripts.filter(({ path }) => path.startsWith(`${directory}/`));
        directories.set(
          directory,
          own.map(({ path }) => path.slice(directory.length + 1)),
        );
      }
    }
  };
  const asked = (question: string): ((answer: unknown) => void) | undefined => {
    if (question.startsWith('list ')) return listed;
    const path = /^run \d* (.*?)( \[".*"\])?$/.exec(question)?.[1];
    if (path === undefined) return undefined;
    const ofPath = runs.get(path) ?? [];
    const nth = ofPath.push({ takes: Infinity }) - 1;
    runs.set(path, ofPath);
    return answer => {
      const end = endOf(answer);
      if (end !== undefined) ofPath[nth] = end;
    };
  };

  for (const record of [...known, ...records])
    if ('ask' in record) {
      const take = asked(record.ask);
      if (take === undefined) continue;
      if (record.id !== undefined) open.set(record.id, take);
      take(record.answer);
    } else if ('to' in record) open.get(record.to)?.(record.answer);
    else if ('input' in record && record.input.kind === 'config') trees = treesOf(record.input.config, scriptDir);

  const some = [...directories].filter(([, names]) => names.length > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return { directories: Object.fromEntries(some), runs: Object.fromEntries(runs) };
};
