// Runs in the network namespace of a broker: what is still to be done there, a line each. Argument: RoutingPolicyRules=.
import { remaining } from './own-broker.js';

const { actions, conflicts } = await remaining(process.argv[2] ?? '');
const isInTheWay = ({ code }: { readonly code?: string }): boolean =>
  code !== 'policy-no-default' && code !== 'policy-preceded'; // said, and nothing to be done
for (const { text } of [...actions, ...conflicts.filter(isInTheWay)]) console.log(text);
