import type { Listing } from '../../../system/files/files.js';

const main = 'networkd.conf';
const roots = ['/etc/systemd', '/run/systemd', '/usr/local/lib/systemd', '/usr/lib/systemd'] as const;

/** Where the configuration of systemd-networkd lies, what counts more first (networkd.conf(5)). */
export const networkdConfDirectories: readonly string[] = [...roots, ...roots.map(root => `${root}/${main}.d`)];

const isDropIn = (name: string): boolean => name.endsWith('.conf') && !name.startsWith('.');

/**
 * The files that systemd-networkd reads, in its order: what is said later holds. A drop-in hides those of its name in
 * directories that count less.
 *
 * @param listings of `networkdConfDirectories`
 */
export const networkdConf = (listings: readonly Listing[]): readonly string[] => {
  const mains = listings
    .filter(
      ({ directory, entries }) => roots.some(root => root === directory) && entries.some(one => one.name === main),
    )
    .map(({ directory }) => `${directory}/${main}`);
  const dropIns = new Map<string, string>();
  for (const { directory, entries } of listings)
    if (directory.endsWith('.d'))
      for (const { name } of entries)
        if (isDropIn(name) && !dropIns.has(name)) dropIns.set(name, `${directory}/${name}`);
  const sorted = [...dropIns].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [...mains.slice(0, 1), ...sorted.map(([, path]) => path)];
};
