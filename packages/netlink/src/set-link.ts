/** Changing links: up and down, names. */
import * as k from './constants.js';
import { encodeLink, type LinkSpec } from './codec/link.js';
import type { Writer } from './codec/writer.js';
import type { RequestOptions } from './conversation.js';
import { sendAll } from './request.js';

/** What to change; what is left out stays. `master` 0 takes the link out of its bridge. */
export interface LinkSettings extends Pick<LinkSpec, 'name' | 'alias' | 'mtu' | 'txQueueLength' | 'group' | 'master'> {
  readonly up?: boolean;
}

/** Changes a link. Rejects with NetlinkError: ENODEV when there is none. */
export function setLink(ifindex: number, settings: LinkSettings, options?: RequestOptions): Promise<void> {
  const { up, ...fields } = settings;
  const flags = up === undefined ? {} : { flags: up ? k.IFF_UP : 0, change: k.IFF_UP };
  return send(`set link ${ifindex}`, k.RTM_NEWLINK, 0, { kind: 'link', ifindex, ...fields, ...flags }, options);
}

/** Rejects with NetlinkError: EEXIST when a link has that name. */
export function addAlternativeNames(
  ifindex: number,
  alternativeNames: readonly string[],
  options?: RequestOptions,
): Promise<void> {
  const flags = k.NLM_F_CREATE | k.NLM_F_EXCL | k.NLM_F_APPEND;
  const link: LinkSpec = { kind: 'link', ifindex, alternativeNames };
  return send(`add alternative names to link ${ifindex}`, k.RTM_NEWLINKPROP, flags, link, options);
}

/** Rejects with NetlinkError: ENOENT when the link has no such name. */
export function deleteAlternativeNames(
  ifindex: number,
  alternativeNames: readonly string[],
  options?: RequestOptions,
): Promise<void> {
  const link: LinkSpec = { kind: 'link', ifindex, alternativeNames };
  return send(`delete alternative names of link ${ifindex}`, k.RTM_DELLINKPROP, 0, link, options);
}

async function send(
  what: string,
  type: number,
  flags: number,
  link: LinkSpec,
  options?: RequestOptions,
): Promise<void> {
  const body = (writer: Writer): void => encodeLink(writer, link);
  const [error] = await sendAll([{ what: () => what, type, flags, body }], options);
  if (error !== undefined) throw error;
}
