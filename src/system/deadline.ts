/**
 * Calls `late` when the time (milliseconds) is over and what had arrived by then has been read: in an event loop that stood still,
 * timers come before sockets. The result cancels it.
 */
export const deadline = (ms: number, late: () => void): (() => void) => {
  let turn: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    turn = setImmediate(late);
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(turn);
  };
};
