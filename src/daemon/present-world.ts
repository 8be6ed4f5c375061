import { concat, debounceTime, filter, NEVER, type Observable, of } from 'rxjs';
import type { Config } from '../model/config.js';
import type { World } from '../model/world.js';
import { leaseClock } from '../sources/clock/lease-clock.js';
import { networkdLeases } from '../sources/networkd/lease-queries.js';
import { askNetworkdLeases } from '../sources/networkd/ask-leases.js';
import { dhclientSource } from '../sources/dhclient/source.js';
import { networkdSource } from '../sources/networkd/source.js';
import type { Bus } from '../system/bus/bus.js';
import { systemClock } from '../system/clock.js';
import type { Files } from '../system/files/files.js';
import { createWatch } from '../system/files/watch-files.js';
import { watchNetwork } from '../watch.js';
import { isReady } from './status/source-states.js';

/** Milliseconds without news after which all is told; systemd-networkd's leases are asked for 50 ms after the rest. */
const QUIET_MS = 150;

/** The World as a daemon with this configuration would know it, once all sources have said what is so; goes on with its changes. */
export const presentWorld = (config: Config, bus: Bus, files: Files): Observable<World> => {
  const sources = [networkdSource(bus), dhclientSource({ watch: createWatch(), files, clock: systemClock })];
  const { world$ } = watchNetwork({
    config$: concat(of(config), NEVER),
    sources,
    queries: [leaseClock(systemClock), networkdLeases(askNetworkdLeases(bus, files, systemClock))],
  });
  return world$.pipe(filter(isReady(sources.map(({ name }) => name))), debounceTime(QUIET_MS));
};
