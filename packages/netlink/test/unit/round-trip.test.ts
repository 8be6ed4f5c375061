import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeAddress } from '../../src/codec/address.js';
import * as k from '../../src/constants.js';
import { encodeLink } from '../../src/codec/link.js';
import type { NetlinkObject } from '../../src/codec/message.js';
import { encodeRoute } from '../../src/codec/route.js';
import { encodeRule } from '../../src/codec/rule.js';
import { Writer } from '../../src/codec/writer.js';
import { address, link, mplsRoute, route, rule } from './arbitraries.js';
import { captured, decode } from './captured.js';

type Spec =
  | Parameters<typeof encodeAddress>[1]
  | Parameters<typeof encodeLink>[1]
  | Parameters<typeof encodeRoute>[1]
  | Parameters<typeof encodeRule>[1];

function again(object: Spec): NetlinkObject {
  const writer = new Writer();
  const types = { link: k.RTM_NEWLINK, address: k.RTM_NEWADDR, route: k.RTM_NEWROUTE, rule: k.RTM_NEWRULE };
  writer.message(types[object.kind], 0, 1, () => {
    if (object.kind === 'link') encodeLink(writer, object);
    else if (object.kind === 'address') encodeAddress(writer, object);
    else if (object.kind === 'route') encodeRoute(writer, object);
    else encodeRule(writer, object);
  });
  const [message] = decode(writer.bytes());
  if (message?.kind !== 'new') throw new Error(`expected an object, found ${JSON.stringify(message)}`);
  return message.object;
}

test.each([
  ['route', route],
  ['route of labels', mplsRoute],
  ['rule', rule],
  ['address', address],
  ['link', link],
])('any %s that is written is read back the same', (_, arbitrary: fc.Arbitrary<Spec>) => {
  fc.assert(
    fc.property(arbitrary, object => {
      expect(again(object)).toEqual(object);
    }),
    { numRuns: 500 },
  );
});

test('every object of a real kernel can be written and read back', () => {
  const objects = captured.flatMap(({ bytes }) => decode(bytes)).flatMap(m => ('object' in m ? [m.object] : []));
  expect(objects.length).toBeGreaterThan(150);
  for (const object of objects) {
    const { expires, ...rest } = { expires: undefined, ...object };
    // The kernel tells the time left in hundredths of a second and takes it in seconds.
    const rounded = expires === undefined ? {} : { expires: Math.ceil(expires) };
    expect(again(object)).toEqual({ ...rest, ...rounded });
  }
});
