import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { target } from './target.js';

/** There is no binary that can be loaded here. The message says where it was looked for, and what to do. */
export class AddonError extends Error {
  override readonly name = 'AddonError';
}

const ADVICE =
  'a program that was bundled needs the directory dist/prebuilds of network-event-broker beside it; where that has none for this machine, `node node_modules/network-event-broker/dist/addon/compile-all.js` makes it (in a checkout: make build)';

/** Beside the daemon's bundle; beside another's; above the directory of the module that asks. */
function* places(name: string, directory: string): Generator<string> {
  yield join(directory, `${name}.node`);
  const prebuilt = join('prebuilds', target(), `${name}.node`);
  yield join(directory, prebuilt);
  yield join(directory, '..', prebuilt);
}

const find = (name: string, directory: string): string => {
  const looked: string[] = [];
  for (const place of places(name, directory)) {
    if (existsSync(place)) return place;
    looked.push(place);
  }
  throw new AddonError(`expected the addon ${name} at ${looked.join(' or ')}, found none of these: ${ADVICE}`);
};

const load = (file: string): unknown => {
  try {
    return createRequire(file)(file);
  } catch (cause) {
    throw new AddonError(`expected ${file} to be loaded, found ${String(cause)}`, { cause });
  }
};

/**
 * An addon that is loaded when it is first asked for: to import what uses it needs none.
 *
 * @param directory of the module that asks, or of the bundle that this has become part of
 * @returns throws AddonError
 */
export const lazyAddon = <T>(name: string, directory: string, isAddon: (value: unknown) => value is T): (() => T) => {
  let addon: T | undefined;
  return () => {
    if (addon !== undefined) return addon;
    const file = find(name, directory);
    const loaded = load(file);
    if (!isAddon(loaded)) throw new AddonError(`expected the addon ${name} at ${file}, found another module`);
    return (addon = loaded);
  };
};
