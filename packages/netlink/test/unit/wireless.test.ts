import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readWireless, wirelessEvent, wirelessLink } from '../../src/wireless.js';

/** Made with the kernel's header, see test/fixtures/nl80211.c: the kernel that the tests run on has no wireless. */
const file = join(dirname(fileURLToPath(import.meta.url)), '../fixtures/nl80211.json');
const messages = JSON.parse(readFileSync(file, 'utf8')) as { name: string; command: number; hex: string }[];

const named = (name: string): { command: number; version: number; payload: Uint8Array } => {
  const { command, hex } = messages.find(message => message.name === name)!;
  return { command, version: 1, payload: Uint8Array.from(Buffer.from(hex, 'hex')) };
};
const told = (name: string): NonNullable<ReturnType<typeof readWireless>> => readWireless(named(name).payload)!;
const ssid = Uint8Array.of(99, 97, 102, 0xe9, 32);

test('a wireless link is told with the network that it is connected to, whose name is bytes', () => {
  const link = wirelessLink(told('interface'), [told('another network'), told('network')], [told('station')]);
  expect(link).toEqual({
    ...{ ifindex: 7, name: 'wlan0', type: 2, wiphy: 1, hardwareAddress: '02:00:00:00:00:01', ssid },
    ...{ bssid: '02:00:00:00:00:aa', frequency: 5180, signal: -51, txRate: 866.7, rxRate: 6, connectedTime: 77 },
  });
});

test('an older driver tells the name of the network in its beacon only, and the signal in hundredths', () => {
  const link = { ...told('interface'), ssid: undefined };
  expect(wirelessLink(link, [told('network')], [])).toMatchObject({ ssid, signal: -52 });
});

test('a link that is not connected has no network', () => {
  const link = { ...told('interface'), ssid: undefined, frequency: undefined };
  expect(wirelessLink(link, [told('another network')], [])).toMatchObject({
    ...{ ssid: undefined, bssid: undefined, frequency: undefined, signal: undefined },
  });
});

test('connections, roaming and disconnections are events, other messages are none', () => {
  expect(wirelessEvent(named('connect'))).toMatchObject({
    kind: 'connect',
    ifindex: 7,
    bssid: '02:00:00:00:00:aa',
    status: 0,
  });
  expect(wirelessEvent(named('roam'))).toMatchObject({ kind: 'roam', ifindex: 7, bssid: '02:00:00:00:00:bb' });
  expect(wirelessEvent(named('disconnect'))).toMatchObject({ kind: 'disconnect', reason: 3, byAccessPoint: true });
  expect(wirelessEvent(named('scan started'))).toBeUndefined();
});

test('messages that are cut off anywhere are no exceptions', () => {
  for (const { name } of messages) {
    const { payload, ...message } = named(name);
    for (let length = 0; length < payload.length; length++) {
      wirelessEvent({ ...message, payload: payload.subarray(0, length) });
      const cut = readWireless(payload.subarray(0, length));
      if (cut !== undefined) wirelessLink(cut, [cut], [cut]);
    }
  }
});
