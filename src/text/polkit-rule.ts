import type { Config, StartRule } from '../model/config.js';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** A regular expression of JavaScript for the units that `%i` may make of a name. */
const unitPattern = (unit: string): string => `/^${unit.split('%i').map(escaped).join('[A-Za-z0-9:_.\\\\-]+')}$/`;

const line = ({ unit, job }: Pick<StartRule, 'unit' | 'job'>): string =>
  `        [${JSON.stringify(job)}, ${unitPattern(unit)}],\n`;

/**
 * The polkit rule that allows what `[[Start]]` of this configuration asks for, and no other unit or verb (polkit(8)); empty: it asks
 * for nothing.
 */
export const polkitRule = ({ starts }: Pick<Config, 'starts'>, user: string): string => {
  const lines = [...new Set(starts.map(line))];
  if (lines.length === 0) return '';
  return `// Lets ${user} start the units of [[Start]], and no others. To install it:
//   network-broker polkit >/etc/polkit-1/rules.d/60-network-broker-units.rules
polkit.addRule(function (action, subject) {
    if (action.id !== 'org.freedesktop.systemd1.manage-units' || subject.user !== '${user}') return polkit.Result.NOT_HANDLED;
    var allowed = [
${lines.join('')}    ];
    var isAllowed = allowed.some(function (one) {
        return action.lookup('verb') === one[0] && one[1].test(action.lookup('unit'));
    });
    return isAllowed ? polkit.Result.YES : polkit.Result.NOT_HANDLED;
});
`;
};
