import { describe, expect, test } from '@jest/globals';
import { parseUdevDatabase, udevFileOf } from '../../../../src/sinks/link-json/udev-db.js';

const nothing = { vendor: '', model: '', path: '', driver: '', productId: '', linkFile: '' };

describe('udev database', () => {
  test('a PCI card: vendor, model, path, driver, product id and .link file', () => {
    const text = [
      'I:1849522',
      'E:ID_BUS=pci',
      'E:ID_VENDOR_FROM_DATABASE=Intel Corporation',
      'E:ID_MODEL_FROM_DATABASE=82545EM Gigabit Ethernet Controller (Copper)',
      'E:ID_MODEL_ID=0x100f',
      'E:ID_PATH=pci-0000:02:05.0',
      'E:ID_NET_DRIVER=e1000',
      'E:ID_NET_LINK_FILE=/usr/lib/systemd/network/99-default.link',
      'G:systemd',
      'V:1',
      '',
    ].join('\n');
    expect(parseUdevDatabase(text)).toEqual({
      vendor: 'Intel Corporation',
      model: '82545EM Gigabit Ethernet Controller (Copper)',
      path: 'pci-0000:02:05.0',
      driver: 'e1000',
      productId: '100f',
      linkFile: '/usr/lib/systemd/network/99-default.link',
    });
  });

  test('a USB device that the hardware database does not know has its own names', () => {
    const text = 'E:ID_VENDOR=Acme\nE:ID_VENDOR_FROM_DATABASE=\nE:ID_MODEL=USB_10_100_LAN\nE:ID_MODEL_ID=8152\n';
    expect(parseUdevDatabase(text)).toEqual({ ...nothing, vendor: 'Acme', model: 'USB_10_100_LAN', productId: '8152' });
  });

  test('a value may hold an equals sign', () => {
    expect(parseUdevDatabase('E:ID_PATH=platform-a=b').path).toBe('platform-a=b');
  });

  test.each(['', '\n\n', 'E:', 'E:=x', 'S:ID_PATH=x', 'ID_PATH=x', '\0\0'])('%j says nothing', text => {
    expect(parseUdevDatabase(text)).toEqual(nothing);
  });

  test('its file is named by ifindex', () => {
    expect(udevFileOf(12)).toBe('/run/udev/data/n12');
  });
});
