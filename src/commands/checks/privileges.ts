import { defer, from } from 'rxjs';
import { defaults } from '../../config/schema.js';
import type { Config } from '../../model/config.js';
import { textOf } from '../../system/files/regular-file.js';
import type { Check, Finding } from './finding.js';
import { error, ok, warn } from './finding.js';

const about = 'privileges';

/** Numbers of capabilities(7), and what we do with them. */
const wanted = [
  { name: 'CAP_NET_ADMIN', bit: 12n },
  { name: 'CAP_SYS_ADMIN', bit: 21n },
];

/**
 * What the process may do.
 *
 * @param status the text of `/proc/self/status`
 */
export const privilegesIn = (status: string, config: Config = defaults): readonly Finding[] => {
  const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1];
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  const missing = wanted.filter(({ bit }) => ((effective >> bit) & 1n) === 0n).map(({ name }) => name);
  if (uid === '0')
    return [warn(about, 'running as root: start bin/network-broker, which drops to the user network-broker')];
  if (missing.length === 0) return [ok(about, `user ${uid ?? 'unknown'} with CAP_NET_ADMIN and CAP_SYS_ADMIN`)];
  const text = `user ${uid ?? 'unknown'} without ${missing.join(', ')}`;
  const rules = config.network.routingPolicyRules !== undefined && missing.includes('CAP_NET_ADMIN');
  return rules
    ? [error(about, `${text}: RoutingPolicyRules needs CAP_NET_ADMIN; start it as root or from systemd`)]
    : [warn(about, `${text}: scripts that change the network will fail; start it as root or from systemd`)];
};

export const privileges: Check = ({ config }) => defer(() => from(privilegesIn(textOf('/proc/self/status'), config)));
