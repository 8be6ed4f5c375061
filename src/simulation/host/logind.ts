import type { SimulatedBus } from './simulated-bus.js';

const NAME = 'org.freedesktop.login1';

/** systemd-logind, as far as it tells of sleep. */
export interface Logind {
  readonly prepareForSleep: (isBegin: boolean) => void;
}

export const createLogind = (bus: SimulatedBus): Logind => {
  const unique = bus.own({
    name: NAME,
    answer: () => ({ errorName: 'org.freedesktop.DBus.Error.UnknownMethod' }),
  });
  return {
    prepareForSleep: isBegin =>
      bus.signal({
        sender: unique,
        path: '/org/freedesktop/login1',
        interface: `${NAME}.Manager`,
        member: 'PrepareForSleep',
        body: [isBegin],
      }),
  };
};
