import type { ListenPlace } from '../model/config.js';
import type { Kind } from './value-kinds.js';

/** Bytes of a socket's path, unix(7): `sun_path` with its end. */
const MAX_PATH_BYTES = 107;
const MAX_PORT = 65535;

const placeOf = (text: string): ListenPlace | undefined => {
  if (text.startsWith('/'))
    return text.endsWith('/') || text.includes('\0') || new TextEncoder().encode(text).length > MAX_PATH_BYTES
      ? undefined
      : { path: text };
  const [, host = '', port = ''] = /^(127\.0\.0\.1|\[::1\]):(\d{1,5})$/.exec(text) ?? [];
  const number = Number(port);
  return number < 1 || number > MAX_PORT ? undefined : { host: host.replace(/[[\]]/g, ''), port: number };
};

/** A socket that this host alone can reach; the empty string leaves the key unset. */
export const listenPlace: Kind<ListenPlace | undefined> = {
  expected: `an absolute path of at most ${MAX_PATH_BYTES} bytes, 127.0.0.1:PORT or [::1]:PORT`,
  read: found => {
    const text = typeof found === 'string' ? found.trim() : undefined;
    if (text === '') return { value: undefined };
    const value = text === undefined ? undefined : placeOf(text);
    return value && { value };
  },
};
