import { describe, expect, test } from '@jest/globals';
import { runInNewContext } from 'node:vm';
import type { StartRule } from '../../../src/model/config.js';
import { polkitRule } from '../../../src/text/polkit-rule.js';

const start = (unit: string, job: StartRule['job']): StartRule => ({ on: ['routable'], links: undefined, unit, job });
const rule = polkitRule(
  { starts: [start('ddns@%i.service', 'restart'), start('a.b-c.service', 'stop'), start('a.b-c.service', 'stop')] },
  'network-broker',
);

/** What polkit does with it, which runs rules in an interpreter of its own. */
const decision = (text: string, verb: string, unit: string, user = 'network-broker', id = 'manage-units'): unknown => {
  const script = `var said; var polkit = { Result: { YES: 'yes', NOT_HANDLED: 'not handled' }, addRule: function (rule) {
    said = rule({ id: 'org.freedesktop.systemd1.${id}', lookup: function (key) { return details[key]; } }, { user: user });
  } };\n${text}\nsaid`;
  return runInNewContext(script, { details: { verb, unit }, user });
};

describe('the polkit rule of [[Start]]', () => {
  test.each([
    ['restart', 'ddns@eth0.service'],
    ['restart', 'ddns@wg-home.1.service'],
    ['restart', 'ddns@a\\x20b.service'],
    ['stop', 'a.b-c.service'],
  ])('allows to %s %s', (verb, unit) => {
    expect(decision(rule, verb, unit)).toBe('yes');
  });

  test.each([
    ['start', 'ddns@eth0.service'],
    ['restart', 'ddns@.service'],
    ['restart', 'ddns@eth0/x.service'],
    ['restart', 'ddns@eth0.service\nx'],
    ['restart', 'x-ddns@eth0.service'],
    ['restart', 'ddns@eth0.service.timer'],
    ['stop', 'aXb-c.service'],
    ['start', 'a.b-c.service'],
  ])('does not allow to %s %j', (verb, unit) => {
    expect(decision(rule, verb, unit)).toBe('not handled');
  });

  test('is for the user of the daemon, and for units', () => {
    expect(decision(rule, 'stop', 'a.b-c.service', 'somebody')).toBe('not handled');
    expect(decision(rule, 'stop', 'a.b-c.service', 'network-broker', 'manage-unit-files')).toBe('not handled');
  });

  test('has a line for each unit and verb, and is empty where there is nothing to allow', () => {
    expect(rule.match(/a\\\.b-c/g)).toHaveLength(1);
    expect(polkitRule({ starts: [] }, 'network-broker')).toBe('');
  });
});
