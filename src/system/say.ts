import { oneLine } from '../model/values/one-line.js';

/** A line for people beside what was asked for. */
export const say = (text: string): void => {
  process.stderr.write(`network-broker: ${oneLine(text)}\n`);
};
