import type { States } from './link.js';

/** Properties of a link changed in one signal; `previous` holds the values they had when last passed on. */
export interface LinkStateEvent {
  readonly kind: 'link-state';
  readonly ifindex: number;
  /** empty if the kernel never named it */
  readonly name: string;
  readonly changed: States;
  readonly previous: States;
  /** it was in progress when the daemon was killed */
  readonly rerun: boolean;
}

/** Properties of networkd's manager changed. */
export interface ManagerStateEvent {
  readonly kind: 'manager-state';
  readonly changed: States;
  readonly previous: States;
  readonly rerun: boolean;
}

/** What a user's own extension makes of the world: the one open member. */
export interface ExtensionEvent {
  readonly kind: 'extension';
  readonly extension: string;
  readonly ifindex: number;
  readonly payload: unknown;
}

/** Everything that scripts and extensions can be told of. */
export type NetworkEvent = LinkStateEvent | ManagerStateEvent | ExtensionEvent;
