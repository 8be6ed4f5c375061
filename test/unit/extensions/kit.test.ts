import { expect, test } from '@jest/globals';
import { kit } from '../../../src/extensions/kit.js';
import * as guards from '../../../src/model/event-guards.js';

test('an extension is handed a guard for every kind of event', () => {
  expect(kit.events).toMatchObject(guards);
});
