import { describe as group, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import type { NetworkEvent } from '../../../src/model/event.js';
import { fault } from '../../../src/model/fault.js';
import type { Outcome } from '../../../src/model/outcome.js';
import { address, lease, step } from '../../../src/testing/builders.js';
import { describe } from '../../../src/text/log-records.js';

type OneOf<Union extends { readonly kind: string }> = {
  readonly [Kind in Union['kind']]: readonly Extract<Union, { readonly kind: Kind }>[];
};

const link = { ifindex: 2, name: 'eth0' };
const added = { action: 'added', address: address(2, '192.0.2.5/24') } as const;

/** Of each event, all that it can have. */
const events: OneOf<NetworkEvent> = {
  'link-state': [
    {
      kind: 'link-state',
      ...link,
      changed: { CarrierState: 'carrier' },
      previous: { CarrierState: 'no-carrier' },
      rerun: false,
    },
  ],
  'manager-state': [{ kind: 'manager-state', changed: { OnlineState: 'online' }, previous: {}, rerun: false }],
  link: [{ kind: 'link', ...link, action: 'renamed', oldName: 'eth1' }],
  address: [
    { kind: 'address', ...link, ...added },
    { kind: 'address', ...link, ...added, earlier: [added] },
  ],
  route: [{ kind: 'route', ...link, changes: [] }],
  lease: [
    {
      kind: 'lease',
      ...link,
      origin: 'dhclient',
      action: 'bound',
      lease: lease('192.0.2.5'),
      previous: undefined,
      changes: [],
    },
  ],
  rule: [{ kind: 'rule', changes: [] }],
  sleep: [{ kind: 'sleep', action: 'suspend' }],
  extension: [{ kind: 'extension', extension: 'wifi', ifindex: 2, payload: {} }],
};
const steps = Object.values<readonly NetworkEvent[]>(events)
  .flat()
  .map(event => step(1, event));

const run = { kind: 'script-ran', script: '/x', timedOut: false, behind: 1 } as const;
const unitJob = { kind: 'unit-job', unit: 'x.service', job: 'start', result: 'done', duration: 1 } as const;
const exit = { code: 0, signal: null, duration: 1, cut: 1, cost: { cpu: 1, memory: 1 } };

/** Of each outcome, all that it can have. */
const outcomes: OneOf<Outcome> = {
  fault: [fault('defect', 'x', new Error('y'))],
  seen: steps.map(one => ({ kind: 'seen', step: one })),
  began: steps.map(one => ({ kind: 'began', step: one })),
  'script-started': steps.map(one => ({ kind: 'script-started', script: '/x', step: one })),
  'script-output': steps.map(one => ({ kind: 'script-output', script: '/x', step: one, stream: 'stdout', line: '' })),
  'script-ran': steps.map(one => ({ ...run, step: one, exit, error: 'x' })),
  'unit-job': steps.map(one => ({ ...unitJob, step: one, error: 'x' })),
  done: steps.map(one => ({ kind: 'done', step: one })),
  applied: [{ kind: 'applied', ifindex: 2, message: 'host name: a' }],
  target: [{ kind: 'target', unit: 'link-online@eth0.target', wanted: true, active: false, why: 'x' }],
  policy: [{ kind: 'policy', by: 'this', wanted: 0, tables: [], conflicts: [], failures: [] }],
};

const emitted = new Map<string, Set<string>>();
for (const { fields } of Object.values<readonly Outcome[]>(outcomes).flat().flatMap(describe)) {
  const { kind, ...others } = fields;
  const names = emitted.get(String(kind)) ?? new Set();
  emitted.set(String(kind), names);
  for (const name of Object.keys(others)) names.add(name);
}

const page = readFileSync('docs/log.md', 'utf8');
const [, , commonTable = '', kindTable = ''] = page.split(/^\|---\|---\|$/m);
/** Words in brackets are values. */
const fieldsIn = (text: string): readonly string[] =>
  [...text.replace(/\([^()]*\)/g, '').matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
const rows = [...kindTable.matchAll(/^\| `([a-z-]+)`: [^|]* \| (.*) \|$/gm)].map(
  ([, kind = '', text = '']) => [kind, text] as const,
);
const ofEvents = rows.filter(([kind]) => kind in events).flatMap(([, text]) => fieldsIn(text));
const documented = new Map(
  rows.map(([kind, text]) => [
    kind,
    new Set([...(text.startsWith('those of the event') ? ofEvents : []), ...fieldsIn(text)]),
  ]),
);

const sourcesIn = (...directories: readonly string[]): readonly string[] =>
  directories.flatMap(directory =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts'))
      .map(name => `${directory}/${name}`),
  );

group('docs/log.md', () => {
  test('has every field that all records have', () => {
    expect([...commonTable.matchAll(/^\| `(\w+)` \| (?!further fields)/gm)].map(([, name]) => name)).toEqual([
      'level',
      'time',
      'message',
      'kind',
    ]);
  });

  test('has every kind of record, and no other', () => {
    const others = sourcesIn('src/daemon', 'src/system').flatMap(file =>
      [...readFileSync(file, 'utf8').matchAll(/fields: \{\s*kind: '([a-z-]+)'/g)].map(([, kind = '']) => kind),
    );
    expect([...documented.keys()].toSorted()).toEqual([...new Set([...emitted.keys(), ...others])].toSorted());
  });

  test.each([...emitted])('has every field of `%s`, and no other', (kind, fields) => {
    expect([...(documented.get(kind) ?? [])].toSorted()).toEqual([...fields].toSorted());
  });
});
