import { expect, jest, test } from '@jest/globals';
import { join } from 'node:path';
import { configureBroker, startBroker } from './lab/broker.js';
import { describeLive } from './lab/live.js';
import { withNetwork } from './lab/network.js';
import { installRecorders } from './lab/scripts.js';
import { commotion, settings, takeTrace } from './lab/traces.js';
import { packedProject } from './packed/project.js';

jest.setTimeout(120_000);

/** Which scripts ran for which links, and how they ended. */
const scriptsIn = (text: string): readonly string[] =>
  [...new Set(text.match(/\w+ scripts: \S+ status \d+(?=, event)/g))].sort();

describeLive('a trace', () => {
  test('becomes a marble test that passes in a project of somebody else', () =>
    withNetwork(['dhcp', 'static'], async ({ lab }) => {
      await configureBroker(lab, settings(8, 0)); // a cable that is back within 20 ms was never away
      await installRecorders(lab);
      const broker = await startBroker(lab);
      await commotion(lab);
      await broker.stop();
      const trace = await takeTrace(lab);
      const project = packedProject();
      try {
        const path = project.write('trace.jsonl', trace.join('\n'));
        const command = join(project.directory, 'node_modules', 'network-event-broker', 'dist', 'network-broker.cjs');
        const written = project.run(process.execPath, command, 'diagram', '--test', path);
        project.write('incident.test.mjs', written);
        expect(written).toContain('CarrierState=no-carrier');
        const ran = scriptsIn(written);
        expect(ran).toContain('eth0 scripts: no-carrier.d/10-record status 0');
        expect(ran).toEqual(scriptsIn(project.run(process.execPath, command, 'diagram', path)));
        expect(project.run(process.execPath, '--test', 'incident.test.mjs')).toMatch(/^# pass 1$/m);
        for (const [was, shouldBe] of [
          ['CarrierState=no-carrier', 'CarrierState=carrier'],
          ['eth0 scripts: no-carrier.d/10-record status 0', 'eth0 scripts: no-carrier.d/10-record status 1'],
        ] as const) {
          project.write('changed.test.mjs', written.replace(was, shouldBe));
          expect(() => project.run(process.execPath, '--test', 'changed.test.mjs')).toThrow('# fail 1');
        }
      } finally {
        project.remove();
      }
    }));
});
