import type { LinkDetails } from '../../world/networkd/link-details.js';
import { assignedValues } from '../../model/values/assigned-values.js';

/** udev's record of a link (`udevadm info /sys/class/net/eth0`). */
export const udevFileOf = (ifindex: number): string => `/run/udev/data/n${ifindex}`;

/**
 * Reads a link's hardware from udev's database: the `E:` lines are its properties (udev(7)); other lines and properties
 * are ignored. Names from the hardware database take precedence over the device's own.
 */
export const parseUdevDatabase = (text: string): Partial<LinkDetails> => {
  const properties = assignedValues(text, /^E:([^=]+)=(.*)$/);
  const first = (...names: readonly string[]): string =>
    names.map(name => properties.get(name) ?? '').find(value => value !== '') ?? '';
  return {
    vendor: first('ID_VENDOR_FROM_DATABASE', 'ID_VENDOR'),
    model: first('ID_MODEL_FROM_DATABASE', 'ID_MODEL'),
    path: first('ID_PATH'),
    driver: first('ID_NET_DRIVER'),
    productId: first('ID_MODEL_ID').replace(/^0x/, ''),
    linkFile: first('ID_NET_LINK_FILE'),
  };
};
