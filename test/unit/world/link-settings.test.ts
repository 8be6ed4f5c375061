import { expect, test } from '@jest/globals';
import { config, link } from '../../../src/testing/builders.js';
import { linkSettings } from '../../../src/world/link-settings.js';

test('of several tables that choose a link the last counts, key by key', () => {
  const of = (patterns: readonly string[], changes: object) => ({
    patterns,
    gateway: undefined,
    domains: undefined,
    dnsDefaultRoute: undefined,
    ...changes,
  });
  const settings = config({
    perLink: [
      of(['eth*', '!eth9'], { gateway: ['192.0.2.1'], dnsDefaultRoute: false }),
      of(['lan'], { gateway: ['192.0.2.2'], domains: ['a.example'] }),
    ],
  });
  expect(linkSettings(settings, link(2, 'eth0'))).toEqual({
    gateway: ['192.0.2.1'],
    domains: undefined,
    dnsDefaultRoute: false,
  });
  expect(linkSettings(settings, link(2, 'eth0', 'lan'))).toEqual({
    gateway: ['192.0.2.2'],
    domains: ['a.example'],
    dnsDefaultRoute: false,
  });
  expect(linkSettings(settings, link(2, 'eth9'))).toEqual({});
});
