import type { StartRule } from '../model/config.js';
import { startJobs } from '../model/config.js';
import { leaseActions } from '../model/event.js';
import { allDirectories, wordOf } from '../model/script-directories.js';
import { isUnitName } from '../model/names/unit-name.js';
import type { Key } from './key.js';
import { linkPatterns } from './link-keys.js';
import { type Kind, list, oneOf } from './value-kinds.js';

/** What happens, by the word that stands for it; states of links and the manager have no actions. */
const actions: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['addresses', ['added', 'changed', 'removed']],
  ['leases', leaseActions],
  ['links', ['added', 'removed', 'renamed']],
]);

/** What a script directory may be called, without its `.d`. */
export const startWords: readonly string[] = allDirectories.map(wordOf);

/** `routable`, `leases:changed`, `addresses:added,removed` */
const isOccasion = (word: string): boolean => {
  const [what = '', which, ...rest] = word.split(':');
  if (!startWords.includes(what) || rest.length > 0) return false;
  return which === undefined || which.split(',').every(one => actions.get(what)?.includes(one) === true);
};

const unit: Kind<string> = {
  expected: 'the name of a unit, such as "ddns@%i.service"',
  read: found => (typeof found === 'string' && isUnitName(found.replaceAll('%i', 'i')) ? { value: found } : undefined),
};

/** What such a table is, for the manual. */
export const startTables =
  'Each table `[[Start]]` starts a unit at some events, after the scripts of the event, in the order of the tables. The daemon may do so only as far as polkit allows it: `network-broker polkit` prints the rule for the present configuration. See [units.md](units.md).';

/** The keys of a table `[[Start]]`, as `schema` has those of sections. */
export const startKeys = (read: <T>(key: Key<T>) => T): StartRule => ({
  on: read({
    section: 'Start',
    name: 'On',
    kind: list(
      'names of script directories without .d, some with actions (routable, leases:changed, addresses:added,removed)',
      isOccasion,
    ),
    initial: [],
    unset: 'nothing: it is required',
    brief: 'The events that start the unit.',
    doc: 'Those that run the scripts of a directory (`routable`, `no-carrier`, `leases`, `resume`), or only some of them: `addresses`, `leases` and `links` may be followed by values of `ACTION`.',
  }),
  links: read({
    section: 'Start',
    name: 'Links',
    kind: linkPatterns,
    initial: undefined,
    unset: 'all links but `lo`',
    brief: 'The links whose events count.',
    doc: 'Of those that `[Network] Links` chooses; same syntax. Events of no link always count.',
  }),
  unit: read({
    section: 'Start',
    name: 'Unit',
    kind: unit,
    initial: '',
    unset: 'none: it is required',
    brief: 'The unit.',
    doc: '`%i` in it becomes the name of the link, escaped like that of its targets.',
  }),
  job: read({
    section: 'Start',
    name: 'Job',
    kind: oneOf(...startJobs),
    initial: 'start',
    unset: '`start`',
    brief: 'What is done with the unit.',
    doc: 'The event is over when the job has ended, or after `[Scripts] TimeoutSec`; the job then goes on.',
  }),
});
