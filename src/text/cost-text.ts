import type { Cost } from '../model/outcome.js';

/** `12 ms of CPU, 3.4 MiB` */
export const costText = ({ cpu, memory }: Cost): string => {
  const most = memory === undefined ? '' : `, ${(memory / 1024 ** 2).toFixed(1)} MiB`;
  return `${Math.round(cpu)} ms of CPU${most}`;
};
