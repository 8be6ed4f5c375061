import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type AnswerMessage,
  decodeDatagram,
  type Message,
  type NetlinkObject,
  type PartReader,
} from '../../src/codec/message.js';

interface Captured {
  /** The command that made the kernel send the message. */
  readonly cause: string;
  readonly bytes: Uint8Array;
}

const file = join(dirname(fileURLToPath(import.meta.url)), '../fixtures/captured.json');

/** Messages of a real kernel, see test/fixtures/capture.mjs. */
export const captured: readonly Captured[] = (
  JSON.parse(readFileSync(file, 'utf8')) as { cause: string; hex: string }[]
).map(({ cause, hex }) => ({ cause, bytes: Uint8Array.from(Buffer.from(hex, 'hex')) }));

export function decode(
  bytes: Uint8Array,
  types?: ReadonlySet<number>,
  parts?: PartReader,
): (Message | AnswerMessage)[] {
  const messages: (Message | AnswerMessage)[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  decodeDatagram(view, 0, bytes.length, message => messages.push(message), types, parts);
  return messages;
}

/** Everything of one kind that a command caused. */
export function objectsOf<K extends NetlinkObject['kind']>(
  cause: string,
  kind: K,
): Extract<NetlinkObject, { kind: K }>[] {
  return captured
    .filter(entry => entry.cause === cause)
    .flatMap(entry => decode(entry.bytes))
    .flatMap(message => ('object' in message ? [message.object] : []))
    .filter((object): object is Extract<NetlinkObject, { kind: K }> => object.kind === kind);
}
