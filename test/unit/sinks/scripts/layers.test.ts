import { describe, expect, test } from '@jest/globals';
import { layersOf } from '../../../../src/sinks/scripts/layers.js';

describe('layersOf', () => {
  test("under the administrator's own tree lie that of this boot and that of packages", () => {
    expect(layersOf('/etc/network-broker')).toEqual([
      '/etc/network-broker',
      '/run/network-broker.d',
      '/usr/share/network-broker',
    ]);
  });

  test('any other tree stands alone', () => {
    expect(layersOf('/etc/network-broker/blue')).toEqual(['/etc/network-broker/blue']);
    expect(layersOf('/home/me/scripts')).toEqual(['/home/me/scripts']);
  });
});
