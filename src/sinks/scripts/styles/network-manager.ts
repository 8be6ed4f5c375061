import { judgeScripts } from '../judge.js';
import type { Style } from './style.js';

/** NetworkManager's dispatcher (NetworkManager-dispatcher(8)). */
export const networkManager: Style = {
  paths: ['/etc/NetworkManager/dispatcher.d', '/usr/lib/NetworkManager/dispatcher.d'],
  directories: [''],
  runsOf: () => [],
  judge: judgeScripts,
  variables: () => ({}),
};
