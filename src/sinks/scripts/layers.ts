import { groupBy } from '../../model/values/group-by.js';
import type { Listing } from '../../system/files/files.js';

/** Trees of script directories, as systemd's units have them (systemd.unit(5)): the first one precedes. */
const layers = ['/etc/network-broker', '/run/network-broker.d', '/usr/share/network-broker'];

/**
 * The trees that an event's scripts come from, the first one first: under the administrator's own lie that of this boot
 * and that of packages. Any other tree stands alone.
 */
export const layersOf = (scriptDir: string): readonly string[] => (scriptDir === layers[0] ? layers : [scriptDir]);

/** Where the directories with these names are: `routable.d` in each tree, then `carrier.d` in each. */
export const inLayers = (scriptDir: string, names: readonly string[]): readonly string[] =>
  names.flatMap(name => layersOf(scriptDir).map(tree => `${tree}/${name}`));

/** What was listed, by the name of the directory: of each name, the trees in their order. */
export const byName = (listings: readonly Listing[]): readonly (readonly [Listing, ...Listing[]])[] => [
  ...groupBy(listings, ({ directory }) => directory.slice(directory.lastIndexOf('/') + 1)).values(),
];
