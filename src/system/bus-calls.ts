import dbus from 'dbus-next';
import { Observable, type Subscriber } from 'rxjs';
import type { Call } from './bus.js';
import { BusError } from './bus-error.js';

const CALL_TIMEOUT = 10_000;
const { MessageFlag, MessageType, Message, Variant } = dbus;

/** Variants out of a value, however deep. */
export const unwrap = (value: unknown): unknown => {
  if (value instanceof Variant) return unwrap(value.value);
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrap(inner)]));
};

/** Calls of one connection; whoever owns the connection hands in the answers and tells of its end. */
export interface Calls {
  readonly call: (request: Call) => Observable<readonly unknown[]>;
  readonly answer: (reply: dbus.Message) => void;
  readonly fail: (error: BusError) => void;
}

/** Matches replies with calls by serial, synchronously: a promise would let a later signal overtake the reply. */
export const callsOf = (bus: dbus.MessageBus): Calls => {
  const pending = new Map<number, Subscriber<readonly unknown[]>>();
  const call = (request: Call): Observable<readonly unknown[]> =>
    new Observable(out => {
      const serial = bus.newSerial();
      const timer = setTimeout(() => {
        const what = `${request.interface}.${request.member} of ${request.destination}`;
        out.error(new BusError('call-timed-out', `${what}: no answer within ${CALL_TIMEOUT / 1000} s`));
      }, CALL_TIMEOUT);
      pending.set(serial, out);
      out.add(() => {
        clearTimeout(timer);
        pending.delete(serial);
      });
      const message = new Message({
        destination: request.destination,
        path: request.path,
        interface: request.interface,
        member: request.member,
        signature: request.signature ?? '',
        body: [...(request.body ?? [])],
        flags: request.autoStart === true ? 0 : MessageFlag.NO_AUTO_START,
      });
      message.serial = serial;
      try {
        bus.send(message);
      } catch (cause) {
        out.error(new BusError('bus-lost', 'the connection to the bus is closed', undefined, { cause }));
      }
    });
  const answer = (message: dbus.Message): void => {
    const asked = pending.get(Number(message.replySerial));
    if (asked === undefined) return;
    if (message.type === MessageType.METHOD_RETURN) {
      asked.next(message.body.map(unwrap));
      asked.complete();
    } else {
      const text: unknown = message.body[0];
      const sentence = typeof text === 'string' ? text : 'no reason given';
      asked.error(new BusError('call-failed', `${message.errorName}: ${sentence}`, message.errorName));
    }
  };
  const fail = (error: BusError): void => {
    for (const asked of [...pending.values()]) asked.error(error);
  };
  return { call, answer, fail };
};
