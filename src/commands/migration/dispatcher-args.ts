import { assignedValues } from '../../model/values/assigned-values.js';

/** The file that Debian's service of networkd-dispatcher reads. */
export const DEFAULTS = '/etc/default/networkd-dispatcher';

/** What networkd-dispatcher was told on its command line. */
export interface Told {
  readonly path: readonly string[];
  readonly startupTriggers: boolean;
  readonly untold: readonly string[];
}
/** Nothing was said. */
export const nothingTold: Told = { path: [], startupTriggers: false, untold: [] };

/** The command line of networkd-dispatcher 2.2. */
export const toldBy = (text: string): Told => {
  const value = assignedValues(text, /^(networkd_dispatcher_args)=(.*)$/).get('networkd_dispatcher_args') ?? '';
  const words = value
    .replace(/^(["'])(.*)\1$/, '$2')
    .split(/\s+/)
    .filter(Boolean);
  const read = (told: Told, rest: readonly string[]): Told => {
    const [word, ...more] = rest;
    if (word === undefined) return told;
    if (word === '-T' || word === '--run-startup-triggers') return read({ ...told, startupTriggers: true }, more);
    if (/^(-[vq]+|--verbose|--quiet)$/.test(word)) return read(told, more);
    const [, joined] = /^(?:--script-dir=|-S)(.+)$/.exec(word) ?? [];
    if (joined !== undefined) return read({ ...told, path: joined.split(':') }, more);
    if (word === '-S' || word === '--script-dir')
      return read({ ...told, path: (more[0] ?? '').split(':') }, more.slice(1));
    return read({ ...told, untold: [...told.untold, word] }, more);
  };
  return read(nothingTold, words);
};
