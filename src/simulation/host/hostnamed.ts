import type { SimulatedBus } from './simulated-bus.js';

const NAME = 'org.freedesktop.hostname1';

/** systemd-hostnamed, which a call may start, and the kernel, which keeps the transient name. */
export interface Hostnamed {
  readonly name: () => string;
  /** somebody else sets it */
  readonly set: (name: string) => void;
  /** it ends, and is started again at the next call */
  readonly restart: () => void;
}

export const createHostnamed = (bus: SimulatedBus): Hostnamed => {
  let name = '';
  const start = (): void => {
    bus.own({
      name: NAME,
      answer: ({ member, body = [] }) => {
        if (member === 'Get') return [name];
        if (member !== 'SetHostname') return { errorName: 'org.freedesktop.DBus.Error.UnknownMethod' };
        name = String(body[0]);
        return [];
      },
    });
  };
  start();
  return {
    name: () => name,
    set: other => (name = other),
    restart: start,
  };
};
