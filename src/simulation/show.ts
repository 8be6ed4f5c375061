import type { Extension } from '../extensions/extension.js';
import type { Plan } from './day-plan.js';
import type { Happening } from './happening.js';
import { type Simulated, simulatePlan } from './simulate-plan.js';

const clock = (at: number): string => {
  const [hours, minutes, seconds] = [Math.floor(at / 3_600_000), Math.floor(at / 60_000) % 60, (at % 60_000) / 1000];
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}:${seconds.toFixed(3).padStart(6, '0')}`;
};

/** An action as what is typed in a network namespace; empty: there it cannot be done. */
const command = (text: string): string => {
  const [what = '', first = '', second = ''] = text.split(' ');
  switch (what) {
    case 'ip':
    case 'networkctl':
    case 'kill':
    case 'systemctl':
    case 'dhclient':
      return text;
    case 'plug':
    case 'unplug':
      return `ip -n router link set ${first} ${what === 'plug' ? 'up' : 'down'}`;
    case 'swap':
      return [`${first} name swapped`, `${second} name ${first}`, `swapped name ${second}`]
        .map(words => `ip link set ${words}`)
        .join('; ');
    default:
      return '';
  }
};

const eventOf = (happening: Happening): string | undefined => {
  switch (happening.kind) {
    case 'action':
      return undefined;
    case 'states':
      return happening.ifindex === 0
        ? undefined
        : `networkd: link ${happening.ifindex} ${Object.entries(happening.states)
            .map(([name, value]) => `${name}=${value}`)
            .join(' ')}`;
    case 'run': {
      const { EVENT_ID = '', LINK = '', CHANGED = '', RERUN } = happening.env;
      const path = happening.path.split('/').slice(-2).join('/');
      return `script ${path} event ${EVENT_ID} ${LINK} ${CHANGED}${RERUN === undefined ? '' : ' RERUN'}`;
    }
    case 'daemon':
      return `daemon ${happening.is}`;
    case 'outcome':
      return happening.outcome.kind === 'fault'
        ? `fault ${happening.outcome.code}: ${happening.outcome.message}`
        : undefined;
    case 'kernel': {
      const { object } = happening;
      return object.kind === 'link' || object.kind === 'address'
        ? `kernel: ${happening.is} ${object.kind} ${'name' in object ? object.name : object.address} (link ${object.ifindex}, flags ${object.flags.toString(16)})`
        : undefined;
    }
    case 'fault':
      return `fault ordered: ${happening.what}`;
    case 'change':
    case 'networkd':
    case 'exit':
    case 'defect':
      return undefined;
  }
};

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** What happens in a plan that was shrunk: a marble diagram of its actions, commands, and what followed. */
export const show = (plan: Plan, { violations }: Simulated, extensions: readonly Extension[] = []): string => {
  const letters = plan.actions.map((action, nth) => ({ ...action, letter: LETTERS[nth % LETTERS.length] ?? '?' }));
  const first = plan.actions[0]?.at ?? 0;
  const gaps = letters.map(({ at, letter }, nth) => {
    const gap = at - (letters[nth - 1]?.at ?? first);
    return gap === 0 && nth > 0 ? letter : gap <= 1 ? `-${letter}` : ` ${gap}ms ${letter}`;
  });
  const events: string[] = [];
  simulatePlan(plan, {
    oracles: [],
    extensions,
    see: happening => {
      const text = eventOf(happening);
      if (text !== undefined && happening.at >= first - 1 && happening.at <= plan.length + 60_000)
        events.push(`  ${clock(happening.at)}  ${text}`);
    },
  });
  return [
    `seed ${plan.seed}, systemd ${plan.release}: ${violations.map(({ oracle, what }) => `${oracle}: ${what}`).join('; ')}`,
    '',
    plan.config.trimEnd(),
    `scripts: ${plan.scripts.join(' ')}`,
    '',
    `  ${gaps.join('').trim()}`,
    ...letters.map(({ letter, at, do: text }) => {
      const typed = command(text);
      return `  ${letter}  ${clock(at)}  ${text}${typed === text || typed === '' ? '' : `      # ${typed}`}`;
    }),
    '',
    'what followed:',
    ...events.slice(-120),
    ...violations.map(({ at, oracle, what }) => `  ${clock(at)}  ✗ ${oracle}: ${what}`),
    '',
  ].join('\n');
};
