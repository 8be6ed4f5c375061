import { fileURLToPath, URL } from 'node:url';

/** Source of a package of the workspace: `@network-stack/netlink/ip` is `netlink/src/ip`; without the last part, the index. */
const sourceOf = name => {
  const [, of, part = 'index'] = name.split('/');
  return fileURLToPath(new URL(`../packages/${of}/src/${part}.ts`, import.meta.url));
};

/** For esbuild: packages of the workspace become a part of what is built. */
export const packagesOfCheckout = {
  name: 'packages-of-checkout',
  setup: ({ onResolve }) => onResolve({ filter: /^@network-stack\// }, ({ path }) => ({ path: sourceOf(path) })),
};
