/** Trees of script directories, as systemd's units have them (systemd.unit(5)): the first one precedes. */
const layers = ['/etc/network-broker', '/run/network-broker.d', '/usr/share/network-broker'];

/**
 * The trees that an event's scripts come from, the first one first: under the administrator's own lie that of this boot
 * and that of packages. Any other tree stands alone.
 */
export const layersOf = (scriptDir: string): readonly string[] => (scriptDir === layers[0] ? layers : [scriptDir]);
