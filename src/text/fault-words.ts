import { type FaultCode, type FaultEntry, faultCodes } from '../model/fault-codes.js';

const PAGE_WIDTH = 80;

/** Lines that fit a terminal; a word that is longer stands alone. */
const wrapped = (text: string): string =>
  text.replace(new RegExp(`(?=.{${PAGE_WIDTH + 1}})(.{1,${PAGE_WIDTH}}) `, 'g'), '$1\n');

/** What `explain CODE` prints for people. */
export const faultText = (code: FaultCode): string => {
  const { severity, meaning, remedy } = faultCodes[code];
  return [`${code} (${severity})`, wrapped(meaning), `${wrapped(`What to do: ${remedy}`)}\n`].join('\n\n');
};

const introduction = `# Faults

<!-- Made from src/model/fault-codes.ts by \`make docs\`: change it there. -->

What goes wrong without stopping the daemon is a fault: a line of [the log](log.md) whose message says what happened and where. Its \`code\`, which
\`LogFormat=json\` logs, is stable; \`network-broker explain CODE\` prints the entries below. Extensions have codes of their own.`;

const section = ([code, { severity, meaning, remedy }]: readonly [string, FaultEntry]): string =>
  [`## ${code}`, `\`${severity}\` ${meaning}`, `What to do: ${remedy}`].join('\n\n');

/** docs/faults.md, as Markdown. */
export const faultPage = (): string =>
  `${[introduction, ...Object.entries<FaultEntry>(faultCodes).map(section)].join('\n\n')}\n`;
