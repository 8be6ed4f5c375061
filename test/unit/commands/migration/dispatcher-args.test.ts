import { expect, test } from '@jest/globals';
import { nothingTold, toldBy } from '../../../../src/commands/migration/dispatcher-args.js';

test.each([
  ['networkd_dispatcher_args="--run-startup-triggers"', { startupTriggers: true }],
  [
    "# -T\nnetworkd_dispatcher_args='-T -vv -S /etc/hooks:/opt/hooks'",
    { startupTriggers: true, path: ['/etc/hooks', '/opt/hooks'] },
  ],
  ['networkd_dispatcher_args=-S/etc/hooks', { path: ['/etc/hooks'] }],
  ['networkd_dispatcher_args="--script-dir=/etc/hooks --quiet"', { path: ['/etc/hooks'] }],
  ['networkd_dispatcher_args="--frobnicate -T"', { startupTriggers: true, untold: ['--frobnicate'] }],
  ['', {}],
])('%j', (text, told) => {
  expect(toldBy(text)).toEqual({ ...nothingTold, ...told });
});
