import type { Lab } from './lab.js';

/** What a process has used since it began. */
export interface Usage {
  /** milliseconds of CPU, children that have ended included */
  readonly cpu: number;
  /** how often its threads have given up the CPU to wait: each is a wake-up later */
  readonly waits: number;
}

const tick = 10; // milliseconds; USER_HZ is 100 on every Linux that Debian supports

/** Reads it from /proc (proc(5)): fields 14 to 17 of stat, which follow the name in parentheses. */
export const usageOf = async (lab: Lab, pid: number): Promise<Usage> => {
  const said = await lab.sh(`cat /proc/${pid}/stat; cat /proc/${pid}/task/*/status | grep ^voluntary_ctxt_switches`);
  const fields = said.slice(said.indexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0);
  const waits = [...said.matchAll(/^voluntary_ctxt_switches:\s+(\d+)$/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
  return { cpu: ticks * tick, waits };
};

export const minus = (later: Usage, earlier: Usage): Usage => ({
  cpu: later.cpu - earlier.cpu,
  waits: later.waits - earlier.waits,
});
