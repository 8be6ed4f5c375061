import type { Oracle } from './oracle.js';

/** A day's worth of timers that may wait at rest: leases, the next look at policy rules, what was undone. */
const MOST_TIMERS = 40;

/**
 * **Nothing is held that is not needed.** At rest no program runs, no file is kept for scripts, there is one socket to the kernel
 * and one connection to the bus, and few timers wait; when the daemon has ended or was killed, none of it is left.
 */
export const nothingHeld: Oracle = {
  name: 'nothing held',
  watch: ({ daemon, host: { time } }, complain) => ({
    see: happening => {
      if (happening.kind !== 'daemon' || (happening.is !== 'ended' && happening.is !== 'killed')) return;
      const end = happening.is === 'ended' ? 'ended' : 'been killed';
      time.next(() => {
        for (const [what, count] of Object.entries(daemon.holds()))
          if (count > 0) complain(`${count} ${what} are left when the daemon has ${end}`);
      });
    },
    quiet: () => {
      if (!daemon.isRunning()) return;
      const { sockets = 0, connections = 0, files = 0, programs = 0, timers = 0 } = daemon.holds();
      if (sockets !== 1) complain(`at rest, there are ${sockets} sockets to the kernel`);
      if (connections > 1) complain(`at rest, there are ${connections} connections to the bus`);
      if (files > 0) complain(`at rest, ${files} files are kept for scripts`);
      if (programs > 0) complain(`at rest, ${programs} programs run`);
      if (timers > MOST_TIMERS) complain(`at rest, ${timers} timers wait`);
    },
  }),
};
