import { linkTables } from './link-keys.js';
import type { Key, Section } from './schema.js';
import { keys, sections, sectionTitle } from './schema.js';

/** A value as one would write it into the file. */
const written = (value: unknown): string =>
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

const section = (name: Section): string =>
  [
    `## [${sectionTitle(name)}]`,
    ...(name === 'Link' ? [linkTables] : []),
    ...keys.filter(key => key.section === name).map(entry),
  ].join('\n\n');

const introduction = `# Configuration

<!-- Made from src/config/schema.ts by \`make docs\`: change it there. -->

The daemon reads \`/etc/network-broker/network-broker.toml\` ([TOML](https://toml.io/en/v1.0.0)), or the file that \`--config\` names, and then
the drop-ins \`network-broker.toml.d/*.toml\` beside it, in the order of their names; what is read later overrides what was read earlier, key by
key. \`systemctl reload network-broker\` (SIGHUP) reads all of them again. \`network-broker check\` says what is wrong with them.

- Names of sections and keys are matched without regard to case. The same key twice in one file is an error.
- A boolean may also be written as one of the strings \`"true"\`, \`"yes"\`, \`"on"\`, \`"1"\`, \`"false"\`, \`"no"\`, \`"off"\`, \`"0"\`, and a
  number as a string that holds it.
- A list is a string of words separated by white space, or an array of strings.
- A section or key that does not exist is ignored with a warning. A wrong value is an error: the daemon does not start with it, and on reload
  keeps the configuration it has. All errors are named at once, with file and line.
- The file, the drop-ins and the directories above them must belong to root and be writable by nobody else, as scripts; to the daemon's own user, where that
  is an ordinary one without capabilities. What is not is refused with an error.
- At most 1,000 drop-ins are read, and 1 MiB of each. Of each sort of fault the first 20 are named, and the others counted.
- The installed service does start with a wrong one: with the last that was right (\`/var/lib/network-broker/last-configuration.json\`). The log, \`status\` and
  \`systemctl status\` say so, and the present one is taken as soon as it is corrected. Without such a one, and by hand, it ends with status 78.
- \`systemctl reload\` fails if the configuration is wrong, and says why; so does \`network-broker reload\`, which it runs.
- Without the file every key has its default, and a warning says so.
- On reload, a file that is empty or gone, and was not before, is taken for one that is just being written: an error says so, and
  the configuration in use is kept. If every key shall have its default, leave a comment in it, or restart the daemon. Half a file cannot be
  told from a whole one: write a new one beside it and rename that.`;

/** docs/configuration.md, as Markdown. */
export const configurationPage = (): string => `${[introduction, ...sections.map(section)].join('\n\n')}\n`;
