import type { SchedulerLike } from 'rxjs';
import type { Broker } from '../model/flow.js';
import { dhclientSource } from '../sources/dhclient/source.js';
import { rtnetlinkSource } from '../sources/kernel/source.js';
import { networkdSource } from '../sources/networkd/source.js';
import { standardQueries } from '../sources/standard-queries.js';
import type { Bus } from '../system/bus/bus.js';
import type { Clock } from '../system/clock.js';
import type { Files } from '../system/files/files.js';
import type { Watch } from '../system/files/watch-files.js';
import type { Rtnetlink } from '../system/rtnetlink.js';
import { tableNames } from './table-names.js';

export type StandardSources = Required<Pick<Broker, 'kernel' | 'sources' | 'queries' | 'clock'>>;

/** What the sources ask and hear of a host. */
export interface Heard {
  readonly bus: Bus;
  readonly files: Files;
  readonly rtnetlink: Rtnetlink;
  readonly clock: Clock;
  readonly leaseFiles: Watch;
  readonly scheduler: SchedulerLike;
  /** false: the services on the bus, systemd-networkd and systemd-resolved, know the links of another network namespace */
  readonly isHostNetwork?: boolean;
}

/** Who tells a broker of the network of a host, who is asked because of what they told, and the time. */
export const sourcesOn = ({
  bus,
  files,
  rtnetlink,
  clock,
  leaseFiles,
  scheduler,
  isHostNetwork,
}: Heard): StandardSources => ({
  kernel: rtnetlinkSource(rtnetlink, tableNames(files), scheduler),
  sources: [networkdSource(bus, isHostNetwork), dhclientSource({ watch: leaseFiles, files, clock, scheduler })],
  queries: standardQueries(bus, files, clock, scheduler),
  clock,
});
