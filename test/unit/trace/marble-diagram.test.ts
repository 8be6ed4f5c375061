import { describe, expect, test } from '@jest/globals';
import { customFault } from '../../../src/model/fault.js';
import type { Outcome } from '../../../src/model/outcome.js';
import { address, linkState } from '../../../src/testing/events.js';
import { steps } from '../../../src/testing/steps.js';
import { diagramText, type Mark, marksOf } from '../../../src/trace/marble-diagram.js';

const { a, b, o } = steps({
  a: linkState('ens33', 'carrier'),
  b: address('ens33', '192.0.2.5/24'),
  o: linkState('ens34', 'routable'),
});
const at = (time: number, outcome: Outcome): readonly Mark[] => marksOf({ at: time, outcome });
const marks: readonly Mark[] = [
  ...at(10, { kind: 'seen', step: a }),
  ...at(10, { kind: 'seen', step: b }),
  ...at(12, { kind: 'seen', step: o }),
  ...at(700, {
    kind: 'script-ran',
    script: '/etc/nb/carrier.d/10-a',
    step: a,
    exit: { code: 1, signal: null, duration: 690 },
    timedOut: false,
  }),
  ...at(800, customFault('warn', 'x', 'something <odd>')),
  ...at(900, { kind: 'done', step: a }),
  ...at(950, { kind: 'applied', ifindex: 2, message: 'policy rules of ens33: rule add from 192.0.2.5 lookup 10001' }),
  ...at(960, { kind: 'applied', ifindex: 0, message: 'host name: alpha' }),
  ...marksOf({ at: 970, unanswered: 'run 2 /etc/nb/carrier.d/10-a' }),
];

describe('the diagram of a trace', () => {
  test('has a row of events for each link and one for each sink that did something, and says what its letters are', () => {
    expect(diagramText(marks).split('\n')).toEqual([
      'ens33                  -(ab)-------------',
      'ens33 scripts          --------d---------',
      'ens34                  ------c-----------',
      'faults                 ----------e-------',
      'host name              --------------g---',
      'not in the trace       ----------------h-',
      'policy rules of ens33  ------------f-----',
      '',
      '  a = +0.010 s  ens33: OperationalState=carrier',
      '  b = +0.010 s  ens33: address 192.0.2.5/24 added',
      '  c = +0.012 s  ens34: OperationalState=routable',
      '  d = +0.700 s  ens33 scripts: carrier.d/10-a status 1, event 1',
      '  e = +0.800 s  faults: something <odd>',
      '  f = +0.950 s  policy rules of ens33: rule add from 192.0.2.5 lookup 10001',
      '  g = +0.960 s  host name: alpha',
      '  h = +0.970 s  not in the trace: run 2 /etc/nb/carrier.d/10-a',
      '',
    ]);
  });

  test('of nothing says so, and one of many marks comes in pieces', () => {
    expect(diagramText([])).toBe('nothing happened\n');
    const many = Array.from({ length: 60 }, (_, nth): Mark => ({ at: nth, row: 'ens33', text: String(nth) }));
    expect(diagramText(many).match(/^ens33 /gm)).toHaveLength(2);
  });
});
