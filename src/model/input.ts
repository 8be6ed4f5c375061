import type { Config } from './config.js';
import type { Link, States } from './link.js';
import type { SourceState } from './world.js';

export interface ConfigInput {
  readonly kind: 'config';
  readonly config: Config;
}

/** All links there are: the kernel's dump. What is missing from it is gone. */
export interface LinksInput {
  readonly kind: 'links';
  readonly links: readonly Link[];
}

/** One link appeared or changed (`link`), or went (`gone`). */
export interface LinkInput {
  readonly kind: 'link';
  readonly link: Link;
}
export interface LinkGoneInput {
  readonly kind: 'link-gone';
  readonly ifindex: number;
}

/** The present states of networkd and of all its links. What is missing from it is gone. */
export interface NetworkdSnapshotInput {
  readonly kind: 'networkd-snapshot';
  readonly manager: States;
  readonly links: ReadonlyMap<number, States>;
}

/** networkd said that these properties of a link are now so. */
export interface NetworkdLinkInput {
  readonly kind: 'networkd-link';
  readonly ifindex: number;
  readonly changed: States;
}

export interface NetworkdManagerInput {
  readonly kind: 'networkd-manager';
  readonly changed: States;
}

export interface SourceInput {
  readonly kind: 'source';
  readonly name: string;
  readonly state: SourceState;
}

/** The wait for the kernel to name this link is over. */
export interface LinkOverdueInput {
  readonly kind: 'link-overdue';
  readonly ifindex: number;
  readonly since: number;
}

/** Everything that comes in from outside. */
export type Input =
  | ConfigInput
  | LinksInput
  | LinkInput
  | LinkGoneInput
  | NetworkdSnapshotInput
  | NetworkdLinkInput
  | NetworkdManagerInput
  | SourceInput
  | LinkOverdueInput;
