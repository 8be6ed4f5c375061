import { LINK_PREFIX, NETWORKD, NETWORKD_PATH, ifindexOfPath } from '../../model/wire/networkd-paths.js';
import type { States } from '../../model/states.js';
import { isList } from '../../model/values/unknown.js';

/** What a PropertiesChanged of systemd-networkd speaks of: one link, or networkd itself. */
export type NetworkdNews =
  | { readonly of: 'link'; readonly ifindex: number; readonly changed: States }
  | { readonly of: 'manager'; readonly changed: States };

/** As networkd names its own; `constructor` and the like, which every object has, are none. */
const isPropertyName = (name: string): boolean => /^[A-Z]\w{0,63}$/.test(name);

/** Characters of a state; a longer one is none. */
const MAX_STATE_LENGTH = 256;
/** Of one object; the World takes fewer, and says so. */
const MAX_STATES = 65;

/** The properties of an `a{sv}` that are text; numbers and structures (bit rates, ids) are no states. */
export const statesOf = (properties: unknown): States =>
  Object.fromEntries(
    typeof properties === 'object' && properties !== null
      ? Object.entries(properties)
          .filter(
            (entry): entry is [string, string] =>
              typeof entry[1] === 'string' && entry[1].length <= MAX_STATE_LENGTH && isPropertyName(entry[0]),
          )
          .slice(0, MAX_STATES)
      : [],
  );

/** What a PropertiesChanged signal (`sa{sv}as`) says; undefined: nothing that we know, and nothing to complain about. */
export const newsOf = ({
  path,
  body,
}: {
  readonly path: string;
  readonly body: readonly unknown[];
}): NetworkdNews | undefined => {
  const [iface, properties] = body;
  const changed = statesOf(properties);
  if (Object.keys(changed).length === 0) return undefined;
  if (iface === `${NETWORKD}.Manager` && path === NETWORKD_PATH) return { of: 'manager', changed };
  const ifindex = iface === `${NETWORKD}.Link` ? ifindexOfPath(path) : undefined;
  return ifindex === undefined ? undefined : { of: 'link', ifindex, changed };
};

/** A link as `ListLinks` (`a(iso)`) names it. */
export interface ListedLink {
  readonly ifindex: number;
  readonly name: string;
  readonly path: string;
}

/** A positive int, as the kernel numbers its links. */
const isIfindex = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 31;

/**
 * The links for which an introspection of networkd's objects has nodes, `<node name="_32"/>`. ListLinks fails for all of them when the
 * name of one is no UTF-8, which D-Bus cannot say; nodes have no names of links.
 */
export const introspectedLinks = ([xml]: readonly unknown[]): readonly Pick<ListedLink, 'ifindex' | 'path'>[] =>
  [...(typeof xml === 'string' ? xml : '').matchAll(/<node name="(_3\d+)"/g)].flatMap(([, node = '']) => {
    const path = `${LINK_PREFIX}${node}`;
    const ifindex = ifindexOfPath(path);
    return ifindex === undefined ? [] : [{ ifindex, path }];
  });

export const listedLinks = ([list]: readonly unknown[]): readonly ListedLink[] =>
  (isList(list) ? list : []).flatMap(entry => {
    const [ifindex, name, path] = isList(entry) ? entry : [];
    return isIfindex(ifindex) && typeof name === 'string' && typeof path === 'string' ? [{ ifindex, name, path }] : [];
  });
