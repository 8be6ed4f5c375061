import { readFileSync } from 'node:fs';
import { bytesToText } from '@network-stack/netlink/text';

/** The words behind the program's name, as the bytes they are (proc_pid_cmdline(5)): Node's own are all UTF-8. */
export const commandWords = (words: readonly string[] = process.argv.slice(2)): readonly string[] =>
  words.some(word => word.includes('\ufffd'))
    ? bytesToText(readFileSync('/proc/self/cmdline')).split('\0').slice(0, -1).slice(-words.length)
    : words;
