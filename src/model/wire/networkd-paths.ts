export const NETWORKD = 'org.freedesktop.network1';
export const NETWORKD_PATH = '/org/freedesktop/network1';
export const LINK_PREFIX = `${NETWORKD_PATH}/link/`;

/** `_3N…` → ifindex: a bus path escapes a leading digit as `_` and two hex digits (sd_bus_path_encode(3)). */
export const ifindexOfPath = (path: string): number | undefined => {
  if (!path.startsWith(LINK_PREFIX)) return undefined;
  const label = path
    .slice(LINK_PREFIX.length)
    .replace(/_([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return /^[1-9][0-9]*$/.test(label) ? Number(label) : undefined;
};

/** The path of a link's object, as `ifindexOfPath` reads it. */
export const pathOfIfindex = (ifindex: number): string => {
  const digits = String(ifindex);
  return `${LINK_PREFIX}_${digits.charCodeAt(0).toString(16)}${digits.slice(1)}`;
};

/** Asks for everything that systemd-networkd knows of a link, as one JSON text. */
export const describeLink = (ifindex: number) => ({
  destination: NETWORKD,
  path: pathOfIfindex(ifindex),
  interface: `${NETWORKD}.Link`,
  member: 'Describe',
});
