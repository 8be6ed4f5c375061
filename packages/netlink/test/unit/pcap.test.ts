import { expect, test } from '@jest/globals';
import { datagramsOf } from '../../src/command/pcap.js';
import { line, toJson } from '../../src/command/words.js';
import { captured, objectsOf } from './captured.js';

/** A file of libpcap (pcap-savefile(5)) with these datagrams of NETLINK_ROUTE, as tcpdump writes it of an nlmon link. */
function capture(datagrams: readonly Uint8Array[], little = true, linkType = 253, magic = 0xa1b2c3d4): Uint8Array {
  const header = new DataView(new ArrayBuffer(24));
  header.setUint32(0, magic, little);
  header.setUint32(20, linkType, little);
  const packets = datagrams.map(bytes => {
    const packet = new DataView(new ArrayBuffer(32 + bytes.length));
    packet.setUint32(8, 16 + bytes.length, little);
    packet.setUint32(12, 16 + bytes.length, little);
    packet.setUint16(18, 824); // ARPHRD_NETLINK
    new Uint8Array(packet.buffer).set(bytes, 32);
    return new Uint8Array(packet.buffer);
  });
  return Uint8Array.from([...new Uint8Array(header.buffer), ...packets.flatMap(packet => [...packet])]);
}

const some = captured.slice(0, 5).map(({ bytes }) => bytes);

test.each([
  ['little-endian', true, 0xa1b2c3d4],
  ['big-endian', false, 0xa1b2c3d4],
  ['with nanoseconds', true, 0xa1b23c4d],
])('datagrams of a capture are found: %s', (_, little, magic) => {
  const found = [...datagramsOf(capture(some, little, 253, magic))];
  expect(found).toEqual(some.map(bytes => ({ protocol: 0, bytes })));
});

test('a capture that is cut off ends with its last whole packet', () => {
  const file = capture(some);
  for (let length = 24; length < file.length; length++)
    expect([...datagramsOf(file.subarray(0, length))].length).toBeLessThan(some.length);
});

test('what is no capture, or one of another kind of link, is refused in words', () => {
  expect(() => [...datagramsOf(new Uint8Array(3))]).toThrow('expected a capture in the format of pcap');
  expect(() => [...datagramsOf(new Uint8Array(100))]).toThrow('expected a capture in the format of pcap');
  expect(() => [...datagramsOf(capture([], true, 1))]).toThrow('expected a capture of an nlmon link');
});

test('objects are lines for people, in which nothing can pass for another field, and JSON', () => {
  const [link] = objectsOf('ip link set veth0 up', 'link');
  expect(line(link!, false)).toBe(
    'link ifindex=3 name=veth0 up=true mtu=1400 hardwareAddress=02:00:5e:10:00:01 info={"kind":"veth"}',
  );
  expect(line(link!, true)).toContain(' alias="uplink ä" ');
  expect(line({ ...link!, name: 'a b=c\n' }, false)).toContain(' name="a b=c\\n" ');
  expect(toJson({ bytes: Uint8Array.of(1, 255) })).toBe('{"bytes":"01ff"}');
});
