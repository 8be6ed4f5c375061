import type { World } from '../model/world.js';

const base = ({ config }: Pick<World, 'config'>): number => config?.network.tableBase ?? 0;

/** The routing table of a link: TableBase= plus its ifindex. */
export const tableOf = (world: Pick<World, 'config'>, ifindex: number): number => base(world) + ifindex;

/** The ifindex whose table it is; there may be no such link. */
export const ifindexOf = (world: Pick<World, 'config'>, table: number): number => Math.max(0, table - base(world));

/** Is it the table of a present link? */
export const isTableOfLink = (world: Pick<World, 'config' | 'kernel'>, table: number): boolean =>
  world.kernel.links?.has(ifindexOf(world, table)) === true;
