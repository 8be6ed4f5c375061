import { heading, item, roff, roffOf, section } from './roff.js';
import { linkTables } from './link-keys.js';
import type { Key, Section } from './schema.js';
import { keys, sections } from './schema.js';

const written = (value: unknown): string =>
  Array.isArray(value) || typeof value === 'string'
    ? JSON.stringify(Array.isArray(value) ? value.join(' ') : value)
    : String(value);

const entry = ({ name, brief, doc, kind, initial, unset }: Key<unknown>): string =>
  item(
    `\\fB${roff(name)}\\fR`,
    roffOf(`${brief} ${doc}`),
    roffOf(
      `Takes ${kind.expected}. Default: ${unset === undefined ? `\`${written(initial)}\`` : `unset, which means ${unset}`}.`,
    ),
  );

const keysOf = (name: Section): string =>
  section(`[${name === 'Link' ? 'LINK.NAME' : name.toUpperCase()}]`, name === 'Link' ? roffOf(linkTables) : '') +
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
        'TOML. The drop-ins are read after the file itself, in the order of their names; what is read later overrides what was read earlier, key by key. ' +
          'systemctl reload network-broker (SIGHUP) reads all of them again.',
      ),
      roff(
        'Names of sections and keys are matched without regard to case. A boolean may also be one of the strings "true", "yes", "on", "1", "false", ' +
          '"no", "off", "0", and a number a string that holds it. A list is a string of words separated by white space, or an array of strings.',
      ),
      roff(
        'A section or key that does not exist is ignored with a warning. A wrong value is an error: the daemon does not start with it, and on reload ' +
          'keeps the configuration it has. All errors are named at once, with file and line. Without the file every key has its default; on reload, a ' +
          'file that is empty or gone, and was not before, is taken for one that is being written, and the configuration in use is kept.',
      ),
      roff(
        'The file, the drop-ins and the directories above them must belong to root and be writable by nobody else, as scripts; what is not is refused ' +
          'with an error.',
      ),
    ),
    ...sections.map(keysOf),
    section('SEE ALSO', '\\fBnetwork\\-broker\\fR(8)'),
    '',
  ].join('\n');
