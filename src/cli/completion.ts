import { faultCodes } from '../model/fault-codes.js';
import { askable, MANAGER } from '../sinks/scripts/requested-event.js';
import { type Command, commands, formsOf, type Option, options } from './usage.js';

const table: readonly (readonly [string, Option])[] = Object.entries(options);

const spelled = ([name, { short }]: readonly [string, Option]): readonly string[] =>
  short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];

const oneOf = (choices: readonly string[]): string => `COMPREPLY+=($(compgen -W '${choices.join(' ')}' -- "$word"))`;
const FILES = 'COMPREPLY=($(compgen -f -- "$word"))';
const LINKS = '_network_broker_links "$word"';

/** How a value or a word is completed, by its placeholder; others could be anything. */
const completed: Readonly<Record<string, string>> = {
  FILE: FILES,
  DIR: 'COMPREPLY=($(compgen -d -- "$word"))',
  PATTERN: LINKS,
  NAME: 'COMPREPLY=($(compgen -W "$(ls /run/netns 2>/dev/null)" -- "$word"))',
  LINK: `${LINKS}; ${oneOf([MANAGER])}`,
  STATE: oneOf(askable),
  CODE: oneOf(Object.keys(faultCodes)),
  TRACE: FILES,
};

const values = ([name, option]: readonly [string, Option]): string => {
  const how = option.choices === undefined ? completed[option.value ?? ''] : oneOf(option.choices);
  return `    ${spelled([name, option]).join('|')}) ${how === undefined ? '' : `${how}; `}return ;;`;
};

const entries: readonly (readonly [string, Command])[] = Object.entries(commands);
/** What may follow a command at each position, in any of its forms. */
const wordsOf = ([name, command]: readonly [string, Command]): readonly string[] => {
  const forms = formsOf(command);
  const places = Math.max(...forms.map(({ words }) => words.length));
  return Array.from({ length: places }, (_, nth) => {
    const ways = forms.flatMap(({ words }) => completed[words[nth] ?? ''] ?? []);
    return `    ${name}-${nth}) ${ways.join('; ')} ;;`;
  });
};

/** Completion of the command line for bash(1). */
export const completion = (links = '/sys/class/net'): string => `# bash completion for network-broker
# Links can be called by anything: their names must not be expanded.
_network_broker_links() {
  local path
  for path in ${links}/*; do
    [[ -e $path && \${path##*/} == "$1"* ]] && COMPREPLY+=("$(printf %q "\${path##*/}")")
  done
}
_network_broker() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} each skip= command= nth=-1
  COMPREPLY=()
  case $before in
${table
  .filter(([, { type }]) => type === 'string')
  .map(values)
  .join('\n')}
  esac
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n $skip ]]; then skip=; continue; fi
    case $each in
      ${table
        .filter(([, { type }]) => type === 'string')
        .flatMap(spelled)
        .join(' | ')}) skip=yes ;;
      -*) ;;
      *) [[ -n $command ]] || command=$each; nth=$((nth + 1)) ;;
    esac
  done
  if [[ $word == -* ]]; then
    ${oneOf(table.flatMap(spelled))}
    return
  fi
  case $command-$nth in
    --1) ${oneOf(Object.keys(commands))} ;;
${entries.flatMap(wordsOf).join('\n')}
  esac
}
complete -F _network_broker network-broker
`;
