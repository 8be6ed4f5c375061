import { defer, type Observable, tap } from 'rxjs';
import type { Call, Signal } from './bus-types.js';
import { BUS_NAME } from '../../model/wire/bus-daemon.js';

/** The unique names whose signals are wanted on a connection: those of the owners of names that were asked for there. */
export interface FollowedOwners {
  readonly includes: (sender: string) => boolean;
  /** The same calls; a GetNameOwner among them makes its name one that is followed from then on. */
  readonly learnFrom: (
    call: (request: Call) => Observable<readonly unknown[]>,
  ) => (request: Call) => Observable<readonly unknown[]>;
  /** What the bus itself says. It is heard before anybody is told, so that the next message is judged by it. */
  readonly hear: (signal: Signal) => void;
}

export const followedOwners = (): FollowedOwners => {
  const owners = new Map<unknown, unknown>();
  return {
    includes: sender => [...owners.values()].includes(sender),
    learnFrom: call => request => {
      const [name] = request.body ?? [];
      if (request.destination !== BUS_NAME || request.member !== 'GetNameOwner') return call(request);
      return defer(() => {
        owners.set(name, owners.get(name));
        return call(request).pipe(tap(([owner]) => owners.set(name, owner)));
      });
    },
    hear: ({ sender, member, body: [name, , owner] }) => {
      if (sender === BUS_NAME && member === 'NameOwnerChanged' && owners.has(name)) owners.set(name, owner);
    },
  };
};
