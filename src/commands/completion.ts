import { askable } from '../planners/asked-event.js';
import { type Command, commands, type Option, options } from './usage.js';

const table: readonly (readonly [string, Option])[] = Object.entries(options);

const spelled = ([name, { short }]: readonly [string, Option]): readonly string[] =>
  short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];

/** What may follow an option: its choices, file names, or nothing that could be known. */
const values = ([name, option]: readonly [string, Option]): string => {
  const after = spelled([name, option]).join('|');
  if (option.choices !== undefined)
    return `    ${after}) COMPREPLY=($(compgen -W '${option.choices.join(' ')}' -- "$word")); return ;;`;
  if (option.value === 'DIR') return `    ${after}) COMPREPLY=($(compgen -d -- "$word")); return ;;`;
  if (option.value === 'PATTERN') return `    ${after}) COMPREPLY=(${words.LINK}); return ;;`;
  if (option.value === 'FILE') return `    ${after}) COMPREPLY=($(compgen -f -- "$word")); return ;;`;
  return `    ${after}) return ;;`;
};

/** What a word of a command may be, by its name in the usage; others could be anything. */
const words: Readonly<Record<string, string>> = {
  LINK: '$(compgen -W "$(ls /sys/class/net 2>/dev/null)" -- "$word")',
  STATE: `$(compgen -W '${askable.join(' ')}' -- "$word")`,
  TRACE: '$(compgen -f -- "$word")',
};

const entries: readonly (readonly [string, Command])[] = Object.entries(commands);
const wordsOf = ([name, command]: readonly [string, Command]): readonly string[] =>
  command.words.flatMap((word, nth) => {
    const choices = words[word];
    return choices === undefined ? [] : [`    ${name}-${nth}) COMPREPLY=(${choices}) ;;`];
  });

/** Completion of the command line for bash(1). */
export const completion = (): string => `# bash completion for network-broker
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
    COMPREPLY=($(compgen -W '${table.flatMap(spelled).join(' ')}' -- "$word"))
    return
  fi
  case $command-$nth in
    --1) COMPREPLY=($(compgen -W '${Object.keys(commands).join(' ')}' -- "$word")) ;;
${entries.flatMap(wordsOf).join('\n')}
  esac
}
complete -F _network_broker network-broker
`;
