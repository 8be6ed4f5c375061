import { linkTables } from './link-keys.js';
import { startTables } from './start-keys.js';
import { directoryTables, treeTables } from './tree-keys.js';
import { type Key, type Section, sections, sectionTitle } from './key.js';
import { keys } from './schema.js';

/** A value as one would write it into the file. */
export const written = (value: unknown): string =>
  Array.isArray(value)
    ? JSON.stringify(value.join(' '))
    : typeof value === 'string'
      ? JSON.stringify(value)
      : String(value);

const entry = ({ name, brief, doc, kind, initial, unset }: Key<unknown>): string =>
  [
    `### ${name}`,
    `${brief} ${doc}`,
    `- Takes ${kind.expected}.\n- Default: ${unset === undefined ? `\`${name} = ${written(initial)}\`` : `unset, which means ${unset}`}.`,
  ].join('\n\n');

/** What a section is of which there are several, for the manual. */
export const aboutTables: ReadonlyMap<Section, string> = new Map([
  ['Link', linkTables],
  ['Start', startTables],
  ['Tree', treeTables],
  ['Tree."DIRECTORY"', directoryTables],
]);

const section = (name: Section): string =>
  [
    `## [${sectionTitle(name)}]`,
    ...[aboutTables.get(name)].filter(text => text !== undefined),
    ...keys.filter(key => key.section === name).map(entry),
  ].join('\n\n');

const introduction = `# Configuration

<!-- Made from src/config/schema.ts by \`make docs\`: change it there. -->

The daemon reads \`/etc/network-broker/network-broker.toml\` ([TOML](https://toml.io/en/v1.0.0)), or the file that \`--config\` names, and then
the drop-ins \`network-broker.toml.d/*.toml\` beside it, in the order of their names; later files override earlier ones, key by
key. \`systemctl reload network-broker\` (SIGHUP) reads all of them again. \`network-broker check\` reports what is wrong with them.

- Section and key names are case-insensitive. The same key twice in one file is an error.
- A boolean may also be written as one of the strings \`"true"\`, \`"yes"\`, \`"on"\`, \`"1"\`, \`"false"\`, \`"no"\`, \`"off"\`, \`"0"\`, and a
  number as a string that holds it.
- A list is a string of words separated by white space, or an array of strings.
- An unknown section or key is ignored with a warning. An invalid value is an error: the daemon does not start with it, and on reload
  keeps the configuration it has. All errors are reported at once, with file and line.
- The file, the drop-ins and the directories above them must belong to root and be writable by no one else, like scripts; or to the daemon's own user, where that
  is an ordinary one without capabilities. Anything else is refused with an error.
- At most 1,000 drop-ins are read, and 1 MiB of each. The first 20 faults of each kind are reported, the rest counted.
- If it is invalid, the installed service still starts, with the last valid one (\`/var/lib/network-broker/last-configuration.json\`). The log, \`status\` and
  \`systemctl status\` say so, and the current one is used as soon as it is corrected. Without a last valid one, or started by hand, it exits with status 78.
- \`systemctl reload\` fails if the configuration is invalid, and says why; so does \`network-broker reload\`, which it runs.
- Without the file, every key has its default, and a warning says so.
- On reload, a file that had contents and is empty or gone is taken for one that is being written: an error says so, and
  the previous configuration stays in use. To reset every key to its default, leave a comment in the file, or restart the daemon. Half a file cannot be
  told from a whole one: write a new file beside it and rename it.`;

/** docs/configuration.md, as Markdown. */
export const configurationPage = (): string => `${[introduction, ...sections.map(section)].join('\n\n')}\n`;
