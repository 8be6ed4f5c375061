import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Subscription } from 'rxjs';
import { BUS_NAME } from '../../../../src/model/wire/bus-daemon.js';
import { type BusConnection, type Call, type Signal, systemBus } from '../../../../src/system/bus/bus.js';
import { type RawHeader, rawMessage, signature, text, uint32 } from '../../../live/lab/bus-clients/raw-bus.js';

let directory = '';
let open = new Subscription();
let server: Server | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bus-'));
  open = new Subscription();
});
afterEach(() => {
  open.unsubscribe();
  server?.close();
  rmSync(directory, { recursive: true });
});

const OK = 'OK 0123456789abcdef0123456789abcdef\r\n';
const members = ['Hello', 'AddMatch', 'GetNameOwner', 'Ask'] as const;
type Answer = (member: (typeof members)[number], serial: number, client: Socket) => readonly Buffer[];

/** A bus that answers AUTH with `greeting`, and each call with what `answer` gives. */
const fakeBus = async (greeting: string, answer: Answer, path = join(directory, 'bus')): Promise<string> => {
  server = createServer(client => {
    open.add(() => client.destroy());
    client.on('error', () => undefined);
    client.write(greeting);
    let heard: Buffer = Buffer.alloc(0);
    client.on('data', chunk => {
      heard = Buffer.concat([heard, chunk]);
      for (let at = heard.indexOf('l\x01'); at >= 0; at = heard.indexOf('l\x01')) {
        const length = 16 + Math.ceil(heard.readUInt32LE(at + 12) / 8) * 8 + heard.readUInt32LE(at + 4);
        const message = heard.subarray(at, at + length);
        heard = heard.subarray(at + length);
        const member = members.find(each => message.includes(`\0${each}\0`));
        if (member !== undefined)
          for (const bytes of answer(member, message.readUInt32LE(8), client)) client.write(bytes);
      }
    });
  });
  await new Promise<void>(resolve => server?.listen(path, resolve));
  return path.startsWith('\0') ? `unix:abstract=${path.slice(1)}` : `unix:path=${path}`;
};

const returns = (replySerial: number, types = '', body: Buffer = Buffer.alloc(0)): Buffer =>
  rawMessage({ type: 'return', replySerial, sender: BUS_NAME, ...(types !== '' && { signature: types }) }, body);
const hello = (serial: number): Buffer => returns(serial, 's', text(':1.7'));

/** The first thing that a connection tells: itself, or why there is none. */
const connected = (address: string): Promise<unknown> =>
  new Promise(resolve => open.add(systemBus(address).connection$.subscribe({ next: resolve, error: resolve })));

const connection = async (answer: Answer): Promise<BusConnection> => {
  const address = await fakeBus(OK, (member, serial, client) =>
    member === 'Hello' ? [hello(serial)] : answer(member, serial, client),
  );
  return (await connected(address)) as BusConnection;
};
const outcome = (of: BusConnection, call: Call): Promise<unknown> =>
  new Promise(resolve => open.add(of.call(call).subscribe({ next: resolve, error: resolve })));
const ask: Call = { destination: 'org.example', path: '/', interface: 'org.example.I', member: 'Ask' };
const owner: Call = { ...ask, destination: BUS_NAME, member: 'GetNameOwner', signature: 's', body: ['org.example'] };

test.each<[string, string, Answer, string]>([
  ['refuses who we are', 'REJECTED EXTERNAL\r\n', () => [], 'found "REJECTED EXTERNAL\\r\\n"'],
  ['answers with a line of 1 MB', 'x'.repeat(1 << 20), () => [], 'expected OK in answer to AUTH'],
  ['is no bus at all', 'HTTP/1.1 400 Bad Request\r\n\r\n', () => [], 'found "HTTP/1.1 400 Bad Request\\r\\n"'],
  [
    'says a length of 4 GB',
    OK,
    () => [rawMessage({ type: 'signal', bodyLength: 0xffff_fff0 })],
    'expected a D-Bus message',
  ],
  ['sends junk', OK, () => [Buffer.alloc(4096, 'junk')], 'expected a D-Bus message'],
  ['speaks another version', OK, () => [rawMessage({ type: 'return', version: 2 })], 'expected a D-Bus message'],
  [
    'dies in the middle of a message',
    OK,
    (_, serial, client) => {
      client.end(hello(serial).subarray(0, 40));
      return [];
    },
    'the connection was closed',
  ],
  [
    'refuses the greeting',
    OK,
    (_, serial) => [
      rawMessage(
        { type: 'error', replySerial: serial, errorName: 'org.freedesktop.DBus.Error.LimitsExceeded', signature: 's' },
        text('too many'),
      ),
    ],
    'org.freedesktop.DBus.Error.LimitsExceeded: too many',
  ],
])('a bus that %s is lost, and no more', async (_, greeting, answer, why) => {
  const error = await connected(await fakeBus(greeting, answer));
  expect(error).toMatchObject({ code: 'bus-lost', message: expect.stringContaining(why) });
});

test.each([
  ['a socket that is not there', () => `unix:path=${directory}/none`, 'ENOENT'],
  ['a path that is too long', () => `unix:path=/${'x'.repeat(300)}`, ''],
  ['an address of another kind', () => 'tcp:host=localhost,port=1', 'expected unix:path=… or unix:abstract=…'],
  ['an empty address', () => '', 'expected unix:path=… or unix:abstract=…'],
])('%s is no bus', async (_, address, why) => {
  expect(await connected(address())).toMatchObject({ code: 'bus-lost', message: expect.stringContaining(why) });
});

test('the first Unix socket of a list of addresses is taken, an abstract one too, and escaped characters', async () => {
  const address = await fakeBus(OK, (_, serial) => [hello(serial)], join(directory, 'a b'));
  expect(await connected(`tcp:host=x,port=1;${address.replace(' ', '%20')},guid=0a`)).toHaveProperty('signal$');
  server?.close();
  const abstract = await fakeBus(OK, (_, serial) => [hello(serial)], `\0bus-test-${process.pid}`);
  expect(await connected(abstract)).toHaveProperty('signal$');
});

test('calls that wait fail with a bus that breaks, and later ones at once', async () => {
  const bus = await connection(() => [Buffer.alloc(64, 'junk')]);
  expect(await outcome(bus, ask)).toMatchObject({ code: 'bus-lost' });
  expect(await outcome(bus, ask)).toMatchObject({ code: 'bus-lost' });
});

test('an answer that cannot be read, or is longer than any that is wanted, fails its call only', async () => {
  const answers = [
    (serial: number) => returns(serial, 's', uint32(1000)),
    (serial: number) => returns(serial, 'ay', Buffer.concat([uint32(17 << 20), Buffer.alloc(17 << 20)])),
    (serial: number) => returns(serial, 'h', uint32(3)),
  ];
  const bus = await connection((_, serial) => [answers.shift()?.(serial) ?? Buffer.alloc(0)]);
  expect(await outcome(bus, ask)).toMatchObject({
    code: 'call-failed',
    message: 'org.example.I.Ask of org.example: expected an answer of type "s", as its header says, found other bytes',
  });
  expect(await outcome(bus, ask)).toMatchObject({
    code: 'call-failed',
    message: 'org.example.I.Ask of org.example: expected an answer of at most 16777216 bytes, found 17825796',
  });
  expect(await outcome(bus, ask)).toEqual([3]);
});

test('an answer that nobody waits for is nobody’s', async () => {
  const bus = await connection((_, serial) => [returns(serial + 7), returns(serial, 's', text('it')), returns(serial)]);
  expect(await outcome(bus, ask)).toEqual(['it']);
  expect(await outcome(bus, ask)).toEqual(['it']);
});

const emitted = (sender: string, member: string, body: Partial<RawHeader> = {}, bytes?: Buffer): Buffer =>
  rawMessage({ type: 'signal', path: '/', interface: 'org.example.I', member, sender, ...body }, bytes);
const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
const ownerChanged = (sender: string, from: string, to: string, name = 'org.example'): Buffer =>
  emitted(sender, 'NameOwnerChanged', { signature: 'sss' }, Buffer.concat([name, from, to].map(text).map(padded)));

/** Members of what is heard on a connection that has asked for the owner of org.example, until a signal `End` of the bus. */
const heard = async (...messages: readonly Buffer[]): Promise<readonly string[]> => {
  const bus = await connection((member, serial) => [
    ...(member === 'GetNameOwner' ? [returns(serial, 's', text(':1.4'))] : []),
    ...messages,
    emitted(BUS_NAME, 'End'),
  ]);
  const signals: Signal[] = [];
  const end = new Promise<void>((resolve, reject) =>
    open.add(
      bus.signal$.subscribe({
        next: signal => {
          signals.push(signal);
          if (signal.member === 'End') resolve();
        },
        error: reject,
      }),
    ),
  );
  await outcome(bus, owner);
  await end;
  return signals.map(({ member }) => member);
};

test('signals are heard of the bus, and of the owner of a name that was asked for; of nobody else', async () => {
  expect(await heard(emitted(':1.4', 'Wanted'), emitted(':1.5', 'Stranger'), emitted('', 'Nobody'))).toEqual([
    'Wanted',
    'End',
  ]);
});

test('a new owner is heard from the message on that comes after the bus’s word, the old one no more', async () => {
  const messages = [ownerChanged(BUS_NAME, ':1.4', ':1.6'), emitted(':1.6', 'New'), emitted(':1.4', 'Old')];
  expect(await heard(...messages)).toEqual(['NameOwnerChanged', 'New', 'End']);
});

test('nobody becomes an owner by a NameOwnerChanged of its own, or by one about another name', async () => {
  const messages = [
    ownerChanged(':1.5', ':1.4', ':1.5'),
    ownerChanged(':1.4', ':1.4', ':1.5'),
    ownerChanged(BUS_NAME, '', ':1.5', 'org.other'),
    emitted(':1.5', 'Stranger'),
  ];
  expect(await heard(...messages)).toEqual(['NameOwnerChanged', 'NameOwnerChanged', 'End']);
});

test('a signal that cannot be read, or is longer than any that is wanted, is left out, and the next is heard', async () => {
  const messages = [
    emitted(':1.4', 'Broken', { signature: 's' }, uint32(1000)),
    emitted(':1.4', 'NoSignature', { signature: 'a()' }, uint32(0)),
    emitted(':1.4', 'Long', { signature: 'ay' }, Buffer.concat([uint32(2 << 20), Buffer.alloc(2 << 20)])),
    emitted(':1.4', 'Descriptor', { signature: 'v' }, Buffer.concat([signature('h'), Buffer.alloc(1), uint32(0)])),
  ];
  expect(await heard(...messages)).toEqual(['Descriptor', 'End']);
});
