import { expect, test } from '@jest/globals';
import type { OperationalState, States } from '../../../src/model/states.js';

// What counts here is what compiles: each line below a `@ts-expect-error` would be an error of the compiler if it did.
const states: States = { OperationalState: 'routable', OnlineState: '', SomeNewState: 'anything' };
const fromTheBus: Readonly<Record<string, string>> = { OperationalState: 'teleporting' };

const reach = (state: OperationalState | undefined): string => {
  if (state === 'routable' || state === undefined) return state ?? 'unknown';
  const text: string = state; // still text
  return text;
};

test('a misspelt state does not compile, in a comparison or as a value', () => {
  // @ts-expect-error: no such word
  expect(states.OperationalState === 'routeable').toBe(false);
  // @ts-expect-error: no such word
  expect(states.CarrierState !== 'no_carrier').toBe(true);
  // @ts-expect-error: a word of another state
  expect(states.AddressState === 'carrier').toBe(false);
  // @ts-expect-error: no such word
  const wrong: States = { AdministrativeState: 'configurd' };
  // @ts-expect-error: no such word
  expect([wrong].some(({ OnlineState }) => OnlineState === 'on-line')).toBe(false);
});

test('what a newer systemd says is passed on as it is, and so are its new properties', () => {
  const newer: States = fromTheBus;
  expect(reach(newer.OperationalState)).toBe('teleporting');
  expect(reach(states.OperationalState)).toBe('routable');
  expect(states.SomeNewState).toBe('anything');
});
