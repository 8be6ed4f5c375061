import { expect, test } from '@jest/globals';
import { linkTo, listing, place, script } from '../../../../../../src/fakes/fake-files.js';
import { judgeDispatched } from '../../../../../../src/sinks/scripts/styles/network-manager/judge.js';

const etc = '/etc/NetworkManager/dispatcher.d';
const usr = '/usr/lib/NetworkManager/dispatcher.d';

test('scripts run in the order of their names wherever they are, of the same name the one in /etc; what the dispatcher passes over is not there', () => {
  const layers = [
    listing(etc, [
      ...['10-a', '30-both', '40-old.bak', '50-x.dpkg-dist.sh'],
      ...['.hidden', '60-x~', '60-x.rpmsave', '60-x.swp', '60-x.dpkg-dist'],
      ...['pre-up.d', 'pre-down.d', 'no-wait.d'].map(name => script(`${etc}/${name}`, { kind: 'directory' })),
      linkTo(`${etc}/20-quick`, place(`${etc}/no-wait.d/20-quick`)),
      linkTo(`${etc}/25-link`, place('/opt/25-link')),
      linkTo(`${etc}/35-off`, place('/dev/null', { kind: 'other' })),
    ]),
    listing(usr, ['05-b', '30-both', '35-off']),
  ];
  const { fault, scripts } = judgeDispatched(layers, [0]);
  expect(fault).toBeUndefined();
  expect(
    scripts.filter(({ is }) => is === 'run').map(({ path, atOnce }) => `${path}${atOnce ? ' at once' : ''}`),
  ).toEqual([
    ...[`${usr}/05-b`, `${etc}/10-a`, `${etc}/20-quick at once`, `${etc}/25-link`],
    ...[`${etc}/30-both`, `${etc}/40-old.bak`, `${etc}/50-x.dpkg-dist.sh`],
  ]);
  expect(scripts.filter(({ is }) => is !== 'run').map(({ path, is }) => `${path} ${is}`)).toEqual([
    ...[`${usr}/30-both off`, `${etc}/35-off off`, `${usr}/35-off off`],
  ]);
});

test('the owner must be one who may, must be able to execute it, and must not lend himself', () => {
  const layers = [
    listing(etc, [
      script(`${etc}/10-users`, { uid: 1000 }),
      script(`${etc}/20-setuid`, { mode: 0o4755 }),
      script(`${etc}/30-group`, { mode: 0o655 }),
      script(`${etc}/40-open`, { mode: 0o775 }),
    ]),
  ];
  expect(judgeDispatched(layers, [0]).scripts.map(({ path, is, why }) => `${is} ${path.slice(-8)}: ${why}`)).toEqual([
    expect.stringMatching(/^refused 10-users: .*belongs to user 1000/),
    'refused 0-setuid: it is set-user-ID: chmod u-s it',
    'skipped 30-group: it is not executable by its owner: chmod u+x it',
    expect.stringMatching(/^refused \/40-open: .*writable by group or others/),
  ]);
});
