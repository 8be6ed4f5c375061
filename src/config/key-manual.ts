import { heading, item, roff, roffOf, section } from './roff.js';
import { type Key, type Section, sections } from './key.js';
import { keys } from './schema.js';
import { aboutTables, written } from './document.js';

const entry = ({ name, brief, doc, kind, initial, unset }: Key<unknown>): string =>
  item(
    `\\fB${roff(name)}\\fR`,
    roffOf(`${brief} ${doc}`),
    roffOf(
      `Takes ${kind.expected}. Default: ${unset === undefined ? `\`${written(initial)}\`` : `unset, which means ${unset}`}.`,
    ),
  );

const keysOf = (name: Section): string =>
  section(`[${name === 'Link' ? 'LINK.NAME' : name.toUpperCase()}]`, roffOf(aboutTables.get(name) ?? '')) +
  keys
    .filter(key => key.section === name)
    .map(entry)
    .join('\n');

/** network-broker.toml(5), in roff; every key is taken from the table that the parser reads. */
export const configurationManual = (version: string): string =>
  [
    heading('network-broker.toml', 5, version),
    section('NAME', roff('network-broker.toml - configuration of network-broker(8)')),
    section(
      'SYNOPSIS',
      '\\fI/etc/network\\-broker/network\\-broker.toml\\fR\n.br\n\\fI/etc/network\\-broker/network\\-broker.toml.d/*.toml\\fR',
    ),
    section(
      'DESCRIPTION',
      roff(
        'TOML. The drop-ins are read after the file itself, in the order of their names; later files override earlier ones, key by key. ' +
          'systemctl reload network-broker (SIGHUP) reads all of them again.',
      ),
      roff(
        'Section and key names are case-insensitive. A boolean may also be one of the strings "true", "yes", "on", "1", "false", ' +
          '"no", "off", "0", and a number a string that holds it. A list is a string of words separated by white space, or an array of strings.',
      ),
      roff(
        'An unknown section or key is ignored with a warning. An invalid value is an error: the daemon does not start with it, and on reload ' +
          'keeps the configuration it has. All errors are reported at once, with file and line. Without the file every key has its default; on reload, a ' +
          'file that had contents and is empty or gone is taken for one that is being written, and the previous configuration stays in use.',
      ),
      roff(
        'The file, the drop-ins and the directories above them must belong to root and be writable by no one else, like scripts; anything else is refused ' +
          'with an error.',
      ),
    ),
    ...sections.map(keysOf),
    section('SEE ALSO', '\\fBnetwork\\-broker\\fR(8)'),
    '',
  ].join('\n');
