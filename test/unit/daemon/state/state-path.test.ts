import { expect, test } from '@jest/globals';
import { statePath } from '../../../../src/daemon/state/state-path.js';

test.each([
  [{}, '/run/network-broker/state.json'],
  [{ XDG_RUNTIME_DIR: '/run/user/1000' }, '/run/user/1000/network-broker/state.json'],
  [{ XDG_RUNTIME_DIR: '' }, '/run/network-broker/state.json'],
  [{ RUNTIME_DIRECTORY: '/run/network-broker', XDG_RUNTIME_DIR: '/run/user/0' }, '/run/network-broker/state.json'],
  [{ RUNTIME_DIRECTORY: '/run/a:/run/b' }, '/run/a/state.json'],
])('in %j the state is kept in %s', (env, path) => {
  expect(statePath(env)).toBe(path);
});
