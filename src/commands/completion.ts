import { commands, type Option, options } from './usage.js';

const table: readonly (readonly [string, Option])[] = Object.entries(options);

const spelled = ([name, { short }]: readonly [string, Option]): readonly string[] =>
  short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];

/** What may follow an option: its choices, file names, or nothing that could be known. */
const values = ([name, option]: readonly [string, Option]): string => {
  const after = spelled([name, option]).join('|');
  if (option.choices !== undefined)
    return `    ${after}) COMPREPLY=($(compgen -W '${option.choices.join(' ')}' -- "$word")); return ;;`;
  if (option.value === 'DIR') return `    ${after}) COMPREPLY=($(compgen -d -- "$word")); return ;;`;
  if (option.value === 'FILE') return `    ${after}) COMPREPLY=($(compgen -f -- "$word")); return ;;`;
  return `    ${after}) return ;;`;
};

const names = Object.keys(commands).join('|');

/** Completion of the command line for bash(1). */
export const completion = (): string => `# bash completion for network-broker
_network_broker() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} each command=
  COMPREPLY=()
  case $before in
${table
  .filter(([, { type }]) => type === 'string')
  .map(values)
  .join('\n')}
  esac
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $each in ${names}) command=$each ;; esac
  done
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W '${table.flatMap(spelled).join(' ')}' -- "$word"))
  elif [[ -z $command ]]; then
    COMPREPLY=($(compgen -W '${Object.keys(commands).join(' ')}' -- "$word"))
  elif [[ $before == "$command" && -d /sys/class/net ]]; then
    case $command in explain | run-scripts) COMPREPLY=($(compgen -W "$(ls /sys/class/net)" -- "$word")) ;; esac
  fi
}
complete -F _network_broker network-broker
`;
