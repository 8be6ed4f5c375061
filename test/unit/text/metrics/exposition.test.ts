import { expect, test } from '@jest/globals';
import { exposition, type Family } from '../../../../src/text/metrics/exposition.js';

const families: readonly Family[] = [
  { name: 'a', type: 'counter', help: 'A.', samples: [{ labels: { x: 'say "hi"\\\n', y: '2' }, value: 3 }] },
  { name: 'b', type: 'gauge', help: 'B.', samples: [{ value: Infinity }] },
];

test('OpenMetrics: counters have _total in their samples only, labels are quoted, and an end is said', () => {
  expect(exposition(families, 'openmetrics')).toBe(
    `# HELP a A.
# TYPE a counter
a_total{x="say \\"hi\\"\\\\\\n",y="2"} 3
# HELP b B.
# TYPE b gauge
b +Inf
# EOF
`,
  );
});

test("the textfile collector's format: counters are called _total everywhere, and no end is said", () => {
  expect(exposition(families.slice(0, 1), 'text').split('\n').slice(0, 2)).toEqual([
    '# HELP a_total A.',
    '# TYPE a_total counter',
  ]);
  expect(exposition(families, 'text')).not.toContain('EOF');
});
