import { map, mergeMap } from 'rxjs';
import type { Config } from '../../model/config.js';
import { globOf } from '../../model/names/glob.js';
import { createFiles, type Files, type Listing } from '../../system/files/files.js';
import { isHostNetwork } from '../../system/host-network.js';
import { type Check, type Finding, warn } from './finding.js';

const about = 'generator';
const NETWORKD_DIRECTORY = '/usr/lib/systemd';

const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

const isThere = (listings: readonly Listing[], pattern: string): boolean => {
  const matches = globOf(pattern);
  return listings.some(({ directory, entries }) => entries.some(({ name }) => matches(`${directory}/${name}`)));
};

/** The settings that are on and pass on what leases of dhclient say. */
const waitingForDhclient = ({ network: { useDns, useDomain, useHostname } }: Config): readonly string[] => [
  ...(useDns ? ['UseDNS'] : []),
  ...(useDomain ? ['UseDomain'] : []),
  ...(useHostname ? ['UseHostname'] : []),
];

const judged = (config: Config, isHere: boolean, hasNetworkd: boolean, hasLeases: boolean): readonly Finding[] => {
  const names = config.system.generator;
  const waiting = waitingForDhclient(config);
  const better = hasLeases ? 'dhclient rtnetlink' : 'rtnetlink';
  const instead = hasNetworkd && !names.includes('systemd-networkd');
  return [
    ...(names.includes('systemd-networkd') && !names.includes('rtnetlink') && !hasNetworkd
      ? [
          warn(
            about,
            `systemd-networkd ${isHere ? 'is not installed' : 'speaks of the links of another network namespace'}; choose Generator="${better}"`,
          ),
        ]
      : []),
    ...(names.includes('dhclient') && !hasLeases
      ? [
          warn(
            about,
            `dhclient has no lease file that matches ${config.network.dhClientLeaseFiles.join(' ')}${instead ? '; systemd-networkd is installed: choose Generator="systemd-networkd"' : ''}`,
          ),
        ]
      : []),
    ...(waiting.length > 0 && !names.includes('dhclient')
      ? [
          warn(
            about,
            `${waiting.join(', ')} do nothing: they pass on what leases of dhclient say, and dhclient is not in Generator`,
          ),
        ]
      : []),
  ];
};

/** Is there anybody whom Generator names, and does anything wait for whom it does not name? Nothing is said if all is well. */
export const generatorSources =
  (files: Files = createFiles(), isHere = isHostNetwork()): Check =>
  ({ config }) => {
    const patterns = config.network.dhClientLeaseFiles;
    return files.list([NETWORKD_DIRECTORY, ...new Set(patterns.map(directoryOf))]).pipe(
      map(listings =>
        judged(
          config,
          isHere,
          isHere && isThere(listings, `${NETWORKD_DIRECTORY}/systemd-networkd`),
          patterns.some(pattern => isThere(listings, pattern)),
        ),
      ),
      mergeMap(findings => findings),
    );
  };
