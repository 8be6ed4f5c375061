/** Names and numbers of the laboratory's users. */
export const users = {
  root: 0,
  'systemd-network': 998,
  messagebus: 997,
  'network-broker': 996,
  'systemd-resolve': 995,
  polkitd: 994,
  somebody: 1000,
  nobody: 65534,
} as const;
export type User = keyof typeof users;

/** Where a laboratory is made without root, there is one number only, and all names are its. */
export const only = users['systemd-network'];

/** Contents of `/etc/passwd`. */
export const passwd = (one: number | undefined): string =>
  Object.entries(users)
    .map(([name, id]) => `${name}:x:${one ?? id}:${one ?? id}::/:/bin/sh`)
    .join('\n');

/** Contents of `/etc/group`. */
export const group = (one: number | undefined): string =>
  Object.entries(users)
    .map(([name, id]) => `${name === 'nobody' ? 'nogroup' : name}:x:${one ?? id}:`)
    .join('\n');
