import type { World } from '../model/world.js';

const base = ({ config }: Pick<World, 'config'>): number => config?.network.tableBase ?? 0;

/** The table of a link: the user's formula. */
export const tableOf = (world: Pick<World, 'config'>, ifindex: number): number => base(world) + ifindex;

/** The link whose table it is; there need be none. */
export const ifindexOf = (world: Pick<World, 'config'>, table: number): number => Math.max(0, table - base(world));

/** Is it the table of one of the links that there are? */
export const isTableOfLink = (world: Pick<World, 'config' | 'kernel'>, table: number): boolean =>
  world.kernel.links?.has(ifindexOf(world, table)) === true;
