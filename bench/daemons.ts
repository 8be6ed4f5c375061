import { configureBroker, launchBroker, scriptDirectory } from '../test/live/lab/broker.js';
import type { Lab } from '../test/live/lab/lab.js';
import type { Process } from '../test/live/lab/process.js';

/** One of those that are compared: each runs the scripts of `<state>.d` in its directory. */
export interface Daemon {
  readonly name: string;
  readonly directory: string;
  /** Starts it as its package does. */
  readonly start: (lab: Lab) => Promise<Process>;
  /** What it writes when it serves; undefined: it does not say. */
  readonly ready?: string;
}

export const broker: Daemon = {
  name: 'network-broker',
  directory: scriptDirectory,
  start: async lab => {
    await configureBroker(lab, '');
    return launchBroker(lab, {}, []);
  },
  ready: 'ready after',
};

const dispatcherDirectory = '/etc/networkd-dispatcher';

export const dispatcher: Daemon = {
  name: 'networkd-dispatcher',
  directory: dispatcherDirectory,
  start: lab => lab.start('networkd-dispatcher', ['/usr/bin/networkd-dispatcher', '--script-dir', dispatcherDirectory]),
};
