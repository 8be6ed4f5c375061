import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { busReader, feeding, type Header, type Listener } from '../../../../src/system/bus/bus-stream.js';
import { padded, rawMessage, signature, text, uint32 } from '../../../live/lab/bus-clients/raw-bus.js';

const ok = Buffer.from('OK 0123456789abcdef0123456789abcdef\r\n');
const all: Listener['wants'] = () => true;

/** What a listener takes out of chunks, and why it took no more. */
const taken = (
  chunks: readonly Buffer[],
  wants = all,
): { messages: readonly (readonly [Header, string])[]; why?: string } => {
  const messages: (readonly [Header, string])[] = [];
  const feed = feeding(busReader({ wants, take: (header, body) => messages.push([header, body.toString('latin1')]) }));
  for (const chunk of chunks) {
    const lent = Buffer.from(chunk);
    const why = feed(lent);
    lent.fill('?'); // the next chunk will lie there
    if (why !== undefined) return { messages, why };
  }
  return { messages };
};

const cut = (bytes: Buffer, places: readonly number[]): readonly Buffer[] => {
  const sorted = [0, ...places.map(place => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return sorted.slice(1).map((end, n) => bytes.subarray(sorted[n], end));
};

const signal = { type: 'signal', path: '/a', interface: 'org.example.I', member: 'M', sender: ':1.2' } as const;
const message = fc
  .record({ member: fc.stringMatching(/^[A-Z]{1,9}$/), body: fc.uint8Array({ maxLength: 99 }) })
  .map(({ member, body }) => rawMessage({ ...signal, member }, Buffer.from(body)));
const places = fc.array(fc.nat());

/** The 16 bytes before the fields, with these lengths. */
const header = (body: number, fields: number): Buffer => {
  const bytes = Buffer.from('l\x04\0\x010000\x01\0\0\x000000');
  bytes.writeUInt32LE(body, 4);
  bytes.writeUInt32LE(fields, 12);
  return bytes;
};

test('gives each message with its header, however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(message), places, (messages, cuts) => {
      const bytes = Buffer.concat([ok, ...messages]);
      const whole = taken([bytes]);
      expect(whole.messages).toHaveLength(messages.length);
      expect(taken(cut(bytes, cuts))).toEqual(whole);
    }),
  );
});

test('throws away what is not wanted, and reads what follows it', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(message, fc.boolean())), places, (messages, cuts) => {
      let nth = 0;
      const wants = () => messages[nth++]?.[1] === true;
      const found = taken(cut(Buffer.concat([ok, ...messages.map(([bytes]) => bytes)]), cuts), wants);
      expect(found.messages).toHaveLength(messages.filter(([, isWanted]) => isWanted).length);
      expect(found.why).toBeUndefined();
    }),
  );
});

test('whatever arrives, throws nothing and keeps no more than a header and a body that was wanted', () => {
  const most = 1000;
  const likely = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    message,
    fc.tuple(fc.nat(0xffff_ffff), fc.nat(0xffff_ffff)).map(([body, fields]) => header(body, fields)),
  );
  fc.assert(
    fc.property(fc.array(likely), parts => {
      const stream = busReader({ wants: ({ bodyLength }) => bodyLength <= most, take: () => undefined });
      let bytes = Buffer.concat([ok, ...parts]);
      for (let wish = stream.next(Buffer.alloc(0)); wish.done !== true;) {
        const size = wish.value.bytes;
        if (wish.value.isWaste !== true) expect(size).toBeLessThanOrEqual(4096);
        if (size > bytes.length) return;
        wish = stream.next(bytes.subarray(0, size));
        bytes = bytes.subarray(size);
      }
    }),
    { numRuns: 500 },
  );
});

test('a message with more fields than any that is wanted is thrown away unread', () => {
  const long = rawMessage({ ...signal, path: `/${'a'.repeat(5000)}` }, text('body'));
  const { messages, why } = taken([ok, long, rawMessage({ ...signal, member: 'Next' })]);
  expect(messages.map(([{ member }]) => member)).toEqual(['Next']);
  expect(why).toBeUndefined();
});

test.each([
  ['another endianness', Buffer.concat([Buffer.from('x'), header(0, 0).subarray(1)])],
  ['another version', rawMessage({ ...signal, version: 2 })],
  ['a length of 4 GB', header(0xffff_ffff, 0)],
  ['fields of 4 GB', header(0, 0xffff_ffff)],
  ['text', Buffer.from('HTTP/1.1 400 Bad Request\r\n')],
])('%s is no D-Bus, and what follows is not looked at', (_, bytes) => {
  const { messages, why } = taken([ok, bytes, rawMessage(signal)]);
  expect(why).toMatch(/^expected a D-Bus message, found [0-9a-f]{32}$/);
  expect(messages).toEqual([]);
});

test.each([
  ['a refusal', 'REJECTED EXTERNAL\r\n', 'expected OK in answer to AUTH, found "REJECTED EXTERNAL\\r\\n"'],
  ['a line without end', 'x'.repeat(5000), `expected OK in answer to AUTH, found "${'x'.repeat(1024)}"`],
])('%s is no greeting', (_, answer, expected) => {
  expect(taken([Buffer.from(answer)]).why).toBe(expected);
});

test('a number of a reply that is a dictionary is none, whatever it holds', () => {
  // {sv}: valueOf and toString are texts; as a number it would throw
  const entries = ['valueOf', 'toString'].reduce((before, key) => {
    const start = Buffer.concat([padded(before, 8), text(key), signature('s')]);
    return Buffer.concat([padded(start, 4), text('')]);
  }, Buffer.alloc(0));
  const field = Buffer.concat([Buffer.from([5]), signature('a{sv}'), uint32(entries.length)]);
  const fields = Buffer.concat([padded(field, 8), entries]);
  const bytes = Buffer.concat([ok, header(0, fields.length), padded(fields, 8)]);
  expect(taken([bytes]).messages.map(([{ replySerial }]) => replySerial)).toEqual([0]);
});
