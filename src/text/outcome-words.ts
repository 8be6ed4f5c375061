import type { Outcome, ScriptRan } from '../model/outcome.js';
import { eventWords, subjectOf } from './event-words.js';

/** What happened, and in which row of a diagram: that of a link, of its scripts, of another sink. */
export interface Words {
  readonly row: string;
  readonly text: string;
}

/** `routable.d/10-x` */
export const scriptName = (path: string): string => path.split('/').slice(-2).join('/');

/** `policy rules of eth1: rule add …`: who did it for whom, and what. */
const deed = (message: string): Words => {
  const [row = '', ...text] = message.split(': ');
  return { row, text: text.join(': ') };
};

const run = ({ script, step, exit, error }: ScriptRan): Words => {
  const how = error ?? exit.signal ?? `status ${exit.code ?? '?'}`;
  return {
    row: `${subjectOf(step.event)} scripts`,
    text: `${scriptName(script)} ${how}, event ${step.id}`,
  };
};

/** How badly something went: shown in a colour. */
export type Trouble = 'warning' | 'failed';

/** Undefined: it went well. */
export const troubleOf = (outcome: Outcome): Trouble | undefined => {
  switch (outcome.kind) {
    case 'fault':
      return outcome.severity === 'error' ? 'failed' : 'warning';
    case 'script-ran': {
      const { exit, timedOut, error } = outcome;
      return exit.code === 0 && !timedOut && error === undefined ? undefined : 'failed';
    }
    case 'unit-job':
      return ['done', 'skipped', 'running'].includes(outcome.result) ? undefined : 'failed';
    case 'script-started':
    case 'seen':
    case 'began':
    case 'done':
    case 'applied':
    case 'script-output':
    case 'target':
    case 'policy':
      return undefined;
  }
};

/** What a diagram shows of an outcome: one thing, or nothing. */
export const rowsOf = (outcome: Outcome): readonly Words[] => {
  switch (outcome.kind) {
    case 'seen':
      return [{ row: subjectOf(outcome.step.event), text: eventWords(outcome.step.event) }];
    case 'fault':
      return [{ row: 'faults', text: outcome.message }];
    case 'applied':
      return [deed(outcome.message)];
    case 'script-ran':
      return [run(outcome)];
    case 'unit-job': {
      const { step, unit, job, result } = outcome;
      return [{ row: `${subjectOf(step.event)} units`, text: `${job} ${unit} ${result}, event ${step.id}` }];
    }
    case 'began':
    case 'done':
    case 'script-started':
    case 'script-output':
    case 'target':
    case 'policy':
      return [];
  }
};

/**
 * An outcome in the words of `network-broker diagram`, or nothing: `eth0: OperationalState=routable`,
 * `eth0 scripts: routable.d/10-x status 0, event 5`, `host name: alpha`.
 *
 * @experimental
 */
export const outcomeWords = (outcome: Outcome): readonly string[] =>
  rowsOf(outcome).map(({ row, text }) => `${row}: ${text}`);
