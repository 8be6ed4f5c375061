import { Observable, type Subscriber } from 'rxjs';
import type { Call } from './bus-types.js';
import { BusError } from './bus-error.js';
import { type Header, MessageType } from './bus-stream.js';
import { callMessage } from './call-message.js';
import { deadline } from '../deadline.js';

const CALL_TIMEOUT_MS = 10_000;
/** Beyond the description of a link with ten thousand addresses; bytes. */
const MAX_ANSWER_BYTES = 16 << 20;

/** Calls of one connection; whoever owns the connection hands in the answers and tells of its end. */
export interface Calls {
  readonly call: (request: Call) => Observable<readonly unknown[]>;
  /** Does a call wait for this, and may it be so long? One that is too long fails the call. */
  readonly awaits: (reply: Header) => boolean;
  /** `body` undefined: it could not be read. */
  readonly answer: (reply: Header, body: readonly unknown[] | undefined) => void;
  readonly fail: (error: BusError) => void;
}

const whatOf = ({ destination, interface: iface, member }: Call): string => `${iface}.${member} of ${destination}`;

/** Matches replies with calls by serial, synchronously: a promise would let a later signal overtake the reply. */
export const callsOf = (send: (message: Buffer) => boolean): Calls => {
  const pending = new Map<number, { readonly what: string; readonly out: Subscriber<readonly unknown[]> }>();
  let lastSerial = 0;
  const call = (request: Call): Observable<readonly unknown[]> =>
    new Observable(out => {
      const what = whatOf(request);
      const serial = (lastSerial = (lastSerial % 0xffff_ffff) + 1);
      const cancel = deadline(CALL_TIMEOUT_MS, () =>
        out.error(new BusError('call-timed-out', `${what}: no answer within ${CALL_TIMEOUT_MS / 1000} s`)),
      );
      pending.set(serial, { what, out });
      out.add(() => {
        cancel();
        pending.delete(serial);
      });
      if (!send(callMessage(serial, request)))
        out.error(new BusError('bus-lost', 'the connection to the bus is closed'));
    });
  const awaits = ({ replySerial, bodyLength }: Header): boolean => {
    const asked = pending.get(replySerial);
    if (asked === undefined || bodyLength <= MAX_ANSWER_BYTES) return asked !== undefined;
    const found = `expected an answer of at most ${MAX_ANSWER_BYTES} bytes, found ${bodyLength}`;
    asked.out.error(new BusError('call-failed', `${asked.what}: ${found}`));
    return false;
  };
  const answer: Calls['answer'] = ({ type, replySerial, signature, errorName }, body) => {
    const asked = pending.get(replySerial);
    if (asked === undefined) return;
    const { what, out } = asked;
    if (type === MessageType.ERROR) {
      const [text] = body ?? [];
      const sentence = typeof text === 'string' ? text : 'no reason given';
      out.error(new BusError('call-failed', `${errorName}: ${sentence}`, errorName));
    } else if (body === undefined) {
      const expected = `expected an answer of type ${JSON.stringify(signature)}, as its header says, found other bytes`;
      out.error(new BusError('call-failed', `${what}: ${expected}`));
    } else {
      out.next(body);
      out.complete();
    }
  };
  const fail = (error: BusError): void => {
    for (const { out } of [...pending.values()]) out.error(error);
  };
  return { call, awaits, answer, fail };
};
