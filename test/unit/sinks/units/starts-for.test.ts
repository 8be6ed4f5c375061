import { describe, expect, test } from '@jest/globals';
import type { StartRule } from '../../../../src/model/config.js';
import type { NetworkEvent } from '../../../../src/model/event.js';
import { parseConfig } from '../../../../src/config/parse.js';
import { startWords } from '../../../../src/config/start-keys.js';
import { allDirectories } from '../../../../src/model/script-directories.js';
import { startsFor } from '../../../../src/sinks/units/starts-for.js';
import { address, config, lease, leaseEvent, link, linkState, step, world } from '../../../../src/testing/builders.js';

const eth0 = link(2, 'eth0');
const rule = (on: string, changes: Partial<StartRule> = {}): StartRule => ({
  on: on.split(' '),
  links: undefined,
  unit: 'x@%i.service',
  job: 'start',
  ...changes,
});
const started = (event: NetworkEvent, ...starts: readonly StartRule[]): readonly string[] =>
  startsFor(step(1, event, world([eth0], config({ starts })))).map(({ unit, job }) => `${job} ${unit}`);
const added: NetworkEvent = {
  kind: 'address',
  ifindex: 2,
  name: 'eth0',
  action: 'added',
  address: address(2, '192.0.2.5/24'),
};

describe('startsFor', () => {
  test('units of all tables that are for the event, in the order of the tables', () => {
    expect(
      started(
        linkState(eth0, { OperationalState: 'routable' }),
        rule('routable', { unit: 'b.service', job: 'restart' }),
        rule('no-carrier'),
        rule('no-carrier routable'),
      ),
    ).toEqual(['restart b.service', 'start x@eth0.service']);
  });

  test('only for the actions that are named', () => {
    expect(started(added, rule('addresses:added,changed'))).toEqual(['start x@eth0.service']);
    expect(started(added, rule('addresses:removed'))).toEqual([]);
    expect(started(leaseEvent(eth0, 'changed', lease('192.0.2.5')), rule('leases:changed'))).toHaveLength(1);
  });

  test('only for the links that are named; events of no link start what names none', () => {
    expect(started(added, rule('addresses', { links: ['wl*'] }))).toEqual([]);
    const resume: NetworkEvent = { kind: 'sleep', action: 'resume' };
    expect(started(resume, rule('resume'), rule('resume', { unit: 'vpn.service', links: ['wl*'] }))).toEqual([
      'start vpn.service',
    ]);
  });

  test('a name that no unit has is escaped', () => {
    expect(started({ ...added, name: 'a b' }, rule('addresses'))).toEqual(['start x@a\\x20b.service']);
  });
});

describe('[[Start]]', () => {
  const read = (text: string) => parseConfig([{ file: 'c.toml', text }]);

  test('tables are read in their order', () => {
    const text =
      '[[Start]]\nOn = "routable"\nUnit = "a.service"\n[[Start]]\non = ["leases:changed"]\nUnit = "b@%i.service"\nJob = "try-restart"\nLinks = "eth*"\n';
    expect(read(text).config?.starts).toEqual([
      { on: ['routable'], links: undefined, unit: 'a.service', job: 'start' },
      { on: ['leases:changed'], links: ['eth*'], unit: 'b@%i.service', job: 'try-restart' },
    ]);
  });

  test.each([
    ['[[Start]]\nOn = "routeable"\nUnit = "a.service"\n', 'c.toml:1, table 1: [[Start]] On: expected names of script'],
    ['[[Start]]\nOn = "addresses:gone"\nUnit = "a.service"\n', '[[Start]] On: expected'],
    ['[[Start]]\nOn = "routable"\nUnit = "a b"\n', '[[Start]] Unit: expected the name of a unit'],
    ['[[Start]]\nOn = "routable"\n', '[[Start]]: expected On and Unit; found On'],
    ['[Start]\nOn = "routable"\n', 'expected tables [[Start]]'],
    ['[[Start]]\nOn = "routable"\nUnit = "a.service"\nJob = "kill"\n', 'Job: expected one of start, restart'],
  ])('%j is an error', (text, message) => {
    const { config: none, faults } = read(text);
    expect(none).toBeUndefined();
    expect(faults.map(one => one.message)).toContainEqual(expect.stringContaining(message));
  });

  test('a value that is wrong is said once, and not to be missing as well', () => {
    const { faults } = read('[[Start]]\nOn = "foo"\nUnit = "x"\n');
    expect(faults.map(({ message }) => message.replace(/:.*/s, ''))).toHaveLength(2);
  });

  test('its words are those of directories', () => {
    expect(startWords.map(word => `${word}.d`).toSorted()).toEqual([...allDirectories].toSorted());
  });
});
