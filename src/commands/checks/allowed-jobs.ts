import { getuid } from 'node:process';
import { EMPTY, from, of } from 'rxjs';
import { keyOfUnit } from '../../sinks/units/wishes.js';
import { answersToRoot } from '../../system/bus/polkit-authority.js';
import { type Check, type Finding, ok, warn } from './finding.js';

const about = 'units';

/** Of a job, as busctl(1) prints the answer to CheckAuthorization, or an error. */
interface Answer {
  readonly job: string;
  readonly unit: string;
  readonly said: string;
}

const answersIn = (text: string): readonly Answer[] =>
  text.split('\n').flatMap(line => {
    const [, job, unit, said] = /^(\S+) (\S+) (.*)$/.exec(line) ?? [];
    return job === undefined || unit === undefined || said === undefined ? [] : [{ job, unit, said }];
  });

const isYes = ({ said }: Answer): boolean => said.startsWith('(bba{ss}) true');
const isNo = ({ said }: Answer): boolean => said.startsWith('(bba{ss}) false');
const isTarget = ({ unit }: Answer): boolean => keyOfUnit(unit) !== undefined;
const listed = (answers: readonly Answer[]): string => answers.map(({ job, unit }) => `${job} ${unit}`).join(', ');

const judged = (answers: readonly Answer[], user: number | undefined): readonly Finding[] => {
  const refused = (some: readonly Answer[], remedy: string): readonly Finding[] =>
    some.length === 0
      ? []
      : [warn(about, `polkit does not allow user ${user ?? 'unknown'} to ${listed(some)}; install ${remedy}`)];
  const no = answers.filter(isNo);
  const unasked = answers.find(answer => !isYes(answer) && !isNo(answer));
  const findings = [
    ...refused(no.filter(isTarget), 'network-broker.rules of the package'),
    ...refused(
      no.filter(answer => !isTarget(answer)),
      'the rule that `network-broker polkit` prints',
    ),
    ...(answers.length > 0 && unasked === undefined
      ? []
      : [warn(about, `polkit could not be asked about units: ${unasked?.said ?? 'nobody has answered'}`)]),
  ];
  return findings.length > 0 ? findings : [ok(about, `polkit allows user ${user ?? 'unknown'} to ${listed(answers)}`)];
};

/** Does polkit allow the jobs of `[Units]` and `[[Start]]`? */
export const allowedJobs =
  (answers: () => string | undefined = answersToRoot, user = getuid?.()): Check =>
  ({ config: { units, starts } }) => {
    if (units.links === undefined && starts.length === 0) return EMPTY;
    const text = answers();
    return text === undefined
      ? of(ok(about, 'polkit tells only root whether it allows the jobs of units: run check as root'))
      : from(judged(answersIn(text), user));
  };
