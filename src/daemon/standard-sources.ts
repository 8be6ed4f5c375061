import type { Broker } from '../model/flow.js';
import { dhclientSource } from '../sources/dhclient/source.js';
import { rtnetlinkSource } from '../sources/kernel/source.js';
import { tableNames } from './table-names.js';
import { networkdSource } from '../sources/networkd/source.js';
import { standardQueries } from '../sources/standard-queries.js';
import type { Bus } from '../system/bus/bus.js';
import { systemClock } from '../system/clock.js';
import type { Files } from '../system/files/files.js';
import { createWatch } from '../system/files/watch-files.js';
import { rtnetlink } from '../system/rtnetlink.js';

type StandardSources = Required<Pick<Broker, 'kernel' | 'sources' | 'queries' | 'clock'>>;

/** Who tells a broker of the network of this host, who is asked because of what they told, and the time. */
export const standardSources = (bus: Bus, files: Files): StandardSources => ({
  kernel: rtnetlinkSource(rtnetlink, tableNames(files)),
  sources: [networkdSource(bus), dhclientSource({ watch: createWatch(), files, clock: systemClock })],
  queries: standardQueries(bus, files, systemClock),
  clock: systemClock,
});
