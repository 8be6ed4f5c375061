import type { Tree } from '../../../model/config.js';
import { networkBroker } from './network-broker.js';
import { networkManager } from './network-manager.js';
import { networkdDispatcher } from './networkd-dispatcher.js';
import type { Style } from './style.js';

/** The conventions of each style. */
export const styles: Readonly<Record<Tree['style'], Style>> = {
  'network-broker': networkBroker,
  'networkd-dispatcher': networkdDispatcher,
  NetworkManager: networkManager,
};
