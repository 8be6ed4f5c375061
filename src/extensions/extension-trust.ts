import type { Listing } from '../system/files/files.js';
import { distrust } from '../config/trust.js';

/**
 * Why the module of that name in a directory must not be loaded; undefined: it may be. The same ownership is asked of it
 * as of scripts, see `distrust`.
 *
 * @param owners users whose files may be executed
 */
export const distrustModule = (
  { directory, way, entries }: Listing,
  name: string,
  owners: readonly number[],
): string | undefined => {
  if (way.error !== undefined) return `${directory} cannot be read: ${way.error}`;
  const entry = entries.find(each => each.name === name);
  if (entry === undefined) return `there is no ${name} in ${directory}`;
  if (entry.end === undefined) return entry.error ?? 'it is a broken link';
  if (entry.end.kind !== 'file') return 'expected a regular file';
  return distrust([...way.places, ...entry.places], owners);
};
