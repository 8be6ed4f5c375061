import type { Asked } from '../cli/command-line.js';
import { nearest } from '../config/nearest.js';
import { type FaultCode, faultCodes } from '../model/fault-codes.js';
import { say } from '../system/say.js';
import { faultText } from '../text/fault-words.js';

const isCode = (word: string): word is FaultCode => Object.hasOwn(faultCodes, word);

/** Says what a fault means and what to do about it. Returns the exit status. */
export const explainFault = ({ words: [code = ''], flags }: Asked): number => {
  if (isCode(code)) {
    process.stdout.write(
      flags.includes('json') ? `${JSON.stringify({ code, ...faultCodes[code] })}\n` : faultText(code),
    );
    return 0;
  }
  const meant = nearest(code, Object.keys(faultCodes));
  const hint = meant === undefined ? '; docs/faults.md lists all but those of extensions' : `; did you mean ${meant}?`;
  say(`there is no fault code '${code}'${hint}`);
  return 1;
};
