// How Inputs and Outcomes are shown: in which row, how bad, in which words, and what they say of the World.
import type { Change as KernelChange } from '@network-stack/netlink';
import { faultCodes } from '../../model/fault-codes.js';
import type { Input } from '../../model/input.js';
import type { Applied, Outcome, PolicyState, ScriptRan, TargetState } from '../../model/outcome.js';
import { ruleText, routeText } from '../../sinks/policy/text.js';
import { costText } from '../../text/cost-text.js';
import { scriptName, type Trouble, troubleOf } from '../../text/outcome-words.js';
import type { Change } from './facts.js';
import { FAILED, FINE, type MarkKind, WARNING } from './view-data.js';

/** The row of whoever told an Input. */
export const inputRows: Readonly<Record<Input['kind'], readonly [row: string, kind: MarkKind]>> = {
  config: ['configuration', 'configuration'],
  'kernel-dump': ['kernel', 'kernel'],
  kernel: ['kernel', 'kernel'],
  listing: ['configuration', 'configuration'],
  'networkd-snapshot': ['systemd-networkd', 'networkd'],
  'networkd-link': ['systemd-networkd', 'networkd'],
  'networkd-manager': ['systemd-networkd', 'networkd'],
  'networkd-unheard': ['systemd-networkd', 'networkd'],
  source: ['sources', 'source'],
  fault: ['sources', 'source'],
  'link-overdue': ['kernel', 'other-input'],
  leases: ['dhclient', 'lease-file'],
  'networkd-leases': ['systemd-networkd', 'networkd'],
  clock: ['sources', 'other-input'],
  sleep: ['this computer', 'other-input'],
  extension: ['extensions', 'other-input'],
};

/** What was lost or went wrong before the broker. */
export const inputLevel = (input: Input): number => {
  if (input.kind === 'fault') return input.fault.severity === 'error' ? FAILED : WARNING;
  if (input.kind === 'source') return input.state.is === 'lost' ? WARNING : FINE;
  return input.kind === 'networkd-unheard' || (input.kind === 'kernel-dump' && input.afterLoss) ? WARNING : FINE;
};

export const remedyOf = (code: string): string | undefined =>
  Object.entries(faultCodes).find(([name]) => name === code)?.[1].remedy;

const levels: Readonly<Record<Trouble, number>> = { warning: WARNING, failed: FAILED };

/** How bad an Outcome is. */
export const outcomeLevel = (outcome: Outcome): number => {
  const trouble = troubleOf(outcome);
  return trouble === undefined ? FINE : levels[trouble];
};

/** `routable.d/10-x: status 1, 12 ms` */
export const runWords = ({ script, exit, timedOut, error, behind }: ScriptRan): string => {
  const how = [
    error ?? exit.signal ?? `status ${exit.code ?? '?'}`,
    timedOut ? 'timed out' : '',
    `${Math.round(exit.duration)} ms`,
    exit.cost === undefined ? '' : costText(exit.cost),
    behind === undefined ? '' : `${behind} events of its link waited for its end`,
  ];
  return `${scriptName(script)}: ${how.filter(Boolean).join(', ')}`;
};

/** Rules and routes that the kernel took, or let go. */
export const ruleFact = ({ action, object }: KernelChange, subject: string): readonly Change[] => {
  if (object.kind === 'address') return [];
  const text = object.kind === 'rule' ? ruleText(object) : routeText(object, () => undefined);
  return [{ subject, name: `${object.kind} ${text}`, value: action === 'delete' ? '' : 'set by the broker' }];
};

/** What an Outcome says to be so, or to be so no more. `known`: what the same kind said before. */
export const outcomeFacts = (
  outcome: Applied | TargetState | PolicyState,
  subject: string,
  known: readonly string[],
): readonly Change[] => {
  switch (outcome.kind) {
    case 'applied':
      return Object.entries(outcome.made ?? {}).map(([name, value]) => ({ subject, name: `made: ${name}`, value }));
    case 'target': {
      const { unit, wanted, active, why } = outcome;
      const value = `${active ? 'active' : 'inactive'}${wanted === active ? '' : wanted ? ', wanted' : ', not wanted'}${why === '' ? '' : `: ${why}`}`;
      return [{ subject: 'targets', name: unit, value }];
    }
    case 'policy': {
      const now = new Map([
        ['managed by', outcome.by],
        ...outcome.conflicts.map(conflict => [`conflict: ${conflict}`, 'in the way'] as const),
        ...outcome.failures.map(failure => [`refused: ${failure}`, 'tried again'] as const),
        ...outcome.tables.map(
          ({ link, table, rules, routes }) =>
            [`table ${table} of ${link}`, `${rules} rules, ${routes} routes`] as const,
        ),
      ]);
      return [
        ...known.filter(name => !now.has(name)).map(name => ({ subject: 'policy rules', name, value: '' })),
        ...[...now].map(([name, value]) => ({ subject: 'policy rules', name, value })),
      ];
    }
  }
};
