/** The first descriptor that is passed, sd_listen_fds(3). */
const FIRST = 3;
/** Of which none is looked at. */
const MAX_PASSED = 8;

/** Sockets that the service manager listens to for this process, by their descriptors. */
export const passedSockets = ({ LISTEN_PID, LISTEN_FDS }: NodeJS.ProcessEnv, pid: number): readonly number[] => {
  const count = Number(LISTEN_FDS);
  if (LISTEN_PID !== String(pid) || !Number.isInteger(count) || count < 1) return [];
  return Array.from({ length: Math.min(count, MAX_PASSED) }, (_, nth) => FIRST + nth);
};
