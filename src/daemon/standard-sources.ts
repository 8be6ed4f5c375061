import type { Broker } from '../model/flow.js';
import { dhclientSource } from '../sources/dhclient/source.js';
import { rtnetlinkSource } from '../sources/kernel/source.js';
import { networkdSource } from '../sources/networkd/source.js';
import { standardQueries } from '../sources/standard-queries.js';
import type { Bus } from '../system/bus/bus.js';
import { systemClock } from '../system/clock.js';
import type { Files } from '../system/files/files.js';
import { createWatch } from '../system/files/watch-files.js';
import { rtnetlink } from '../system/rtnetlink.js';

/** Who tells a broker of the network of this host, and who is asked because of what they told. */
export const standardSources = (bus: Bus, files: Files): Required<Pick<Broker, 'kernel' | 'sources' | 'queries'>> => ({
  kernel: rtnetlinkSource(rtnetlink),
  sources: [networkdSource(bus), dhclientSource({ watch: createWatch(), files, clock: systemClock })],
  queries: standardQueries(bus, files, systemClock),
});
