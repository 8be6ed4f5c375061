import { configureBroker, launchBroker, scriptDirectory } from '../test/live/lab/daemons/broker.js';
import { type Lab, openLab } from '../test/live/lab/lab.js';
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

const broker: Daemon = {
  name: 'network-broker',
  directory: scriptDirectory,
  start: async lab => {
    await configureBroker(lab, '');
    return launchBroker(lab, {}, []);
  },
  ready: 'ready after',
};

const dispatcherDirectory = '/etc/networkd-dispatcher';

const dispatcher: Daemon = {
  name: 'networkd-dispatcher',
  directory: dispatcherDirectory,
  start: lab => lab.start('networkd-dispatcher', ['/usr/bin/networkd-dispatcher', '--script-dir', dispatcherDirectory]),
};

/** A laboratory, with networkd-dispatcher where it can be had, alone otherwise. */
export const openBeside = async (): Promise<{ lab: Lab; daemons: readonly Daemon[] }> => {
  try {
    return { lab: await openLab({ programs: ['/usr/bin/networkd-dispatcher'] }), daemons: [broker, dispatcher] };
  } catch (error) {
    console.error(`without networkd-dispatcher: ${error instanceof Error ? error.message : String(error)}`);
    return { lab: await openLab(), daemons: [broker] };
  }
};
