import type { Tree } from '../model/config.js';
import { type Refused, refused } from './request.js';
import { isPlainLinkName } from './values.js';

/** NetworkManager-dispatcher(8) */
const actions = [
  ...['pre-up', 'up', 'pre-down', 'down', 'vpn-pre-up', 'vpn-up', 'vpn-pre-down', 'vpn-down', 'hostname'],
  ...['dhcp4-change', 'dhcp6-change', 'connectivity-change', 'reapply', 'dns-change', 'device-add', 'device-delete'],
];

/** Why a script of this style may not have these arguments: only NetworkManager's have any, a link (or `none`) and an action. */
export const checkArgs = (style: Tree['style'], args: readonly string[]): Refused | undefined => {
  if (style !== 'NetworkManager') return args.length === 0 ? undefined : refused('expected no arguments');
  const [link = '?', action = '', ...rest] = args;
  const isFit = (link === '' || isPlainLinkName(link)) && actions.includes(action) && rest.length === 0;
  return isFit ? undefined : refused('expected a link of letters, digits and _.@=+- and an action of NetworkManager');
};
