// Runs in the network namespace of a broker: what is still to be done there, a line each. Argument: RoutingPolicyRules=.
import { remaining } from './own-broker.js';

const { actions, conflicts } = await remaining(process.argv[2] ?? '');
for (const { text } of [...actions, ...conflicts]) console.log(text);
