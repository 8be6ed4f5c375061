import type { Environment } from '../scripts/environment.js';

/** systemd takes no file with such a value, or leaves the variable out: other control characters, and what is no UTF-8. */
const isUnfit = (value: string): boolean => /[^\P{Cc}\t\n]/u.test(value) || /\p{Cs}/u.test(value);

/** What means something within double quotes, there as in sh (systemd.exec(5), EnvironmentFile=). */
const quoted = (value: string): string => `"${value.replace(/["\\`$]/g, '\\$&')}"`;

/** Variables in the syntax of EnvironmentFile=, which sh reads as well; those that it cannot hold are left out. */
export const environmentFile = (variables: Environment): string =>
  Object.entries(variables)
    .filter(([, value]) => !isUnfit(value))
    .map(([name, value]) => `${name}=${quoted(value)}\n`)
    .join('');
