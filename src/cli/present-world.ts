import { concat, debounceTime, filter, NEVER, type Observable, of } from 'rxjs';
import type { Config } from '../model/config.js';
import type { World } from '../model/world.js';
import type { Bus } from '../system/bus/bus.js';
import type { Files } from '../system/files/files.js';
import { watchNetwork } from '../watch.js';
import { standardSources } from '../daemon/standard-sources.js';
import { isReady } from '../daemon/status/source-states.js';

/**
 * Milliseconds of quiet after which everything has been told; systemd-networkd's leases are queried 50 ms after the
 * rest.
 */
const QUIET_MS = 150;

/** The World as a daemon with this configuration would know it, once all sources have reported; then its changes. */
export const presentWorld = (config: Config, bus: Bus, files: Files): Observable<World> => {
  const inputs = standardSources(bus, files);
  const { world$ } = watchNetwork({ ...inputs, config$: concat(of(config), NEVER) });
  return world$.pipe(filter(isReady(inputs.sources.map(({ name }) => name))), debounceTime(QUIET_MS));
};
