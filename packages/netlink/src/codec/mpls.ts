/** Stacks of MPLS labels as text, outermost first: `200/201`, as ip-route(8) writes them. RFC 3032: 20 bits of label, 3 of class, 1 for the last, 8 TTL. */
import { type Attributes, Malformed } from './attributes.js';

const LARGEST = 0xfffff;
const LAST = 0x100;

/** The labels of RTA_DST and RTA_NEWDST. Throws Malformed. */
export function labelsText({ view, at, length, type }: Attributes): string {
  if (length < 4 || length % 4 !== 0)
    throw new Malformed(`attribute ${type} of ${length} bytes, expected 4 for each label`, at - 4);
  let text = String(view.getUint32(at) >>> 12);
  for (let next = 4; next < length; next += 4) text += `/${view.getUint32(at + next) >>> 12}`;
  return text;
}

/** Throws a RangeError for text that is no stack of labels. */
export function labelsBytes(text: string): Uint8Array {
  const labels = text.split('/');
  const view = new DataView(new ArrayBuffer(4 * labels.length));
  for (const [nth, label] of labels.entries()) {
    if (!/^\d{1,7}$/.test(label) || Number(label) > LARGEST)
      throw new RangeError(`expected an MPLS label from 0 to ${LARGEST}, found ${JSON.stringify(text)}`);
    view.setUint32(4 * nth, Number(label) * 4096 + (nth === labels.length - 1 ? LAST : 0));
  }
  return new Uint8Array(view.buffer);
}
