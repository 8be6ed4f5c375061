import { textToBytes } from '@network-stack/netlink/text';
import { ipTextOf } from '../../model/ip/ip-address.js';
import { valuesOf } from './lease-values.js';

/** Option 121 by the names that it is declared with (Debian's dhclient.conf, Fedora's dhclient), and undeclared. */
export const classlessNames = ['rfc3442-classless-static-routes', 'classless-static-routes', 'unknown-121'] as const;

/** Its bytes: `24,10,0,0,…`, `24.10.0.0 192.0.2.1, …`, and undeclared in hexadecimal with colons or, where it is printable, as text. */
const bytesOf = (text: string): readonly number[] => {
  if (text.startsWith('"')) return [...textToBytes(valuesOf(text)[0] ?? '')];
  if (/^[0-9a-f]{1,2}(:[0-9a-f]{1,2})*$/i.test(text)) return text.split(':').map(byte => Number.parseInt(byte, 16));
  return text.split(/[\s,.]+/).map(byte => (/^\d{1,3}$/.test(byte) ? Number(byte) : NaN));
};

const routeOf = (length: number, significant: readonly number[], router: readonly number[]): string | undefined => {
  const bits = [0, 1, 2, 3].map(nth => Math.max(0, Math.min(8, length - 8 * nth)));
  const network = ipTextOf(bits.map((bit, nth) => (significant[nth] ?? 0) & (0xff << (8 - bit)) & 0xff));
  const by = ipTextOf(router);
  return network === undefined || by === undefined ? undefined : `${network}/${length},${by}`;
};

/** `10.0.0.0/8,192.0.2.1`: the classless static routes of an option (RFC 3442); one that is not whole tells of none. */
export const classlessRoutes = (text: string): readonly string[] => {
  const bytes = bytesOf(text);
  if (!bytes.every(byte => byte >= 0 && byte <= 255)) return [];
  const routes: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at] ?? 0;
    const begin = at + 1;
    const router = begin + Math.ceil(length / 8);
    at = router + 4;
    const route =
      length > 32 || at > bytes.length
        ? undefined
        : routeOf(length, bytes.slice(begin, router), bytes.slice(router, at));
    if (route === undefined) return [];
    routes.push(route);
  }
  return routes;
};
