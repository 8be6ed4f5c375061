import type { World } from '../model/world.js';
import { choosesLink } from '../world/link-patterns.js';
import { presentLinks } from '../world/links.js';

/** `1 link`, `2 links` */
export const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** How the daemon is doing, in one line for `systemctl status`: what is missing first. */
export const statusLine = ({ config, kernel, networkd: { states }, progress: { sources } }: World): string => {
  const missing = [...sources.values()].filter(({ is, why }) => is !== 'serving' && why !== '').map(({ why }) => why);
  const chosen = presentLinks({ kernel }).filter(link => choosesLink(config?.network.links, link));
  const routable = chosen.filter(({ ifindex }) => states.get(ifindex)?.OperationalState === 'routable');
  return [...missing, `watching ${count(chosen.length, 'link')}, ${routable.length} routable`].join('; ');
};
