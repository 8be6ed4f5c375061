// @ts-check
// Prints every address that comes or goes on this host, until it is stopped: node print-addresses.mjs
import { filter, first } from 'rxjs';
import { addressKey, isAddress, watchNetwork } from 'network-event-broker';

const { event$, outcome$, world$ } = watchNetwork();

event$
  .pipe(filter(isAddress))
  .subscribe(({ name, action, address }) => console.log(`${name}: ${addressKey(address)} ${action}`));

// What is there already is in the World.
world$.pipe(first(({ kernel }) => kernel.links !== undefined)).subscribe(({ kernel }) => {
  for (const ofLink of kernel.addresses.values()) for (const key of ofLink.keys()) console.log(`present: ${key}`);
  console.log('watching');
});

outcome$.pipe(filter(outcome => outcome.kind === 'fault')).subscribe(({ message }) => console.error(message));
