import { join } from 'node:path';

/**
 * Where the state is kept between runs within one boot: $RUNTIME_DIRECTORY from systemd (systemd.exec(5)) or the
 * launcher, else $XDG_RUNTIME_DIR.
 */
export const statePath = ({ RUNTIME_DIRECTORY, XDG_RUNTIME_DIR }: NodeJS.ProcessEnv): string => {
  const own = RUNTIME_DIRECTORY?.split(':')[0] ?? '';
  const users = XDG_RUNTIME_DIR ?? '';
  return own === '' ? join(users === '' ? '/run' : users, 'network-broker', 'state.json') : join(own, 'state.json');
};
