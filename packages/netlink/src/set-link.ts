/** Making, changing and removing links. */
import { closeSync } from 'node:fs';
import * as k from './constants.js';
import { encodeSettings, type LinkSettings, type NewLink } from './codec/link-settings.js';
import { encodeLink, type LinkSpec } from './codec/link.js';
import { IFLA_ALT_IFNAME } from './codec/link-attributes.js';
import type { Writer } from './codec/writer.js';
import type { RequestOptions } from './conversation.js';
import { type Netns, openNetns } from './netns.js';
import { sendAll } from './request.js';

/** Makes a link. Rejects with NetlinkError: EEXIST when there is one of that name, EOPNOTSUPP when the kernel lacks its kind. */
export function addLink(link: NewLink, options?: RequestOptions): Promise<void> {
  const what = `add ${link.info?.kind ?? 'link'} ${link.name ?? ''}`.trimEnd();
  return sendSettings(what, k.NLM_F_CREATE | k.NLM_F_EXCL, link, options);
}

/** Changes a link. Rejects with NetlinkError: ENODEV when there is none. */
export function setLink(ifindex: number, settings: LinkSettings, options?: RequestOptions): Promise<void> {
  return sendSettings(`set link ${ifindex}`, 0, { ...settings, ifindex }, options);
}

/** Removes a link, by its index or its name. Rejects with NetlinkError: ENODEV when there is none. */
export function removeLink(link: number | string, options?: RequestOptions): Promise<void> {
  return send(`remove link ${link}`, k.RTM_DELLINK, 0, options, writer => {
    encodeLink(writer, { kind: 'link', ifindex: typeof link === 'number' ? link : 0 });
    if (typeof link === 'string') writer.nameAttribute(IFLA_ALT_IFNAME, link);
  });
}

/** Rejects with NetlinkError: EEXIST when a link has that name. */
export function addAlternativeNames(
  ifindex: number,
  alternativeNames: readonly string[],
  options?: RequestOptions,
): Promise<void> {
  const flags = k.NLM_F_CREATE | k.NLM_F_EXCL | k.NLM_F_APPEND;
  const link: LinkSpec = { kind: 'link', ifindex, alternativeNames };
  const what = `add alternative names to link ${ifindex}`;
  return send(what, k.RTM_NEWLINKPROP, flags, options, writer => encodeLink(writer, link));
}

/** Rejects with NetlinkError: ENOENT when the link has no such name. */
export function deleteAlternativeNames(
  ifindex: number,
  alternativeNames: readonly string[],
  options?: RequestOptions,
): Promise<void> {
  const link: LinkSpec = { kind: 'link', ifindex, alternativeNames };
  const what = `delete alternative names of link ${ifindex}`;
  return send(what, k.RTM_DELLINKPROP, 0, options, writer => encodeLink(writer, link));
}

/** Namespaces that are named stay open until the kernel has answered. */
async function sendSettings(what: string, flags: number, link: NewLink, options?: RequestOptions): Promise<void> {
  const opened: number[] = [];
  const descriptorOf = (netns: Netns): number => {
    if (typeof netns === 'number') return netns;
    const descriptor = openNetns(netns);
    opened.push(descriptor);
    return descriptor;
  };
  try {
    await send(what, k.RTM_NEWLINK, flags, options, writer => encodeSettings(writer, link, descriptorOf));
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

async function send(
  what: string,
  type: number,
  flags: number,
  options: RequestOptions | undefined,
  body: (writer: Writer) => void,
): Promise<void> {
  const [error] = await sendAll([{ what: () => what, type, flags, body }], options);
  if (error !== undefined) throw error;
}
