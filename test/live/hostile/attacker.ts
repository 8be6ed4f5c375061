// A program that runs in the laboratory, as `nobody`. Arguments: the attack, `once` or `again`, and what a Victim is,
// in JSON. Says "round" after each; an attack that fails gets ready anew.
import { setTimeout as wait } from 'node:timers/promises';
import { attacks, type Attack, type Victim } from './attacks.js';

const [, , name = '', often = '', victim = ''] = process.argv;
const attack = (attacks as Readonly<Record<string, Attack>>)[name];
if (attack === undefined) throw new Error(`no attack is called ${name}`);
const ready = () => attack.begin(JSON.parse(victim) as Victim);

if (often === 'once') {
  await (
    await ready()
  )();
  console.log('round');
} else {
  for (let round = await ready(); ;) {
    try {
      await round();
      console.log('round');
      await wait(attack.pause);
    } catch (error) {
      console.log(`failed: ${String(error)}`);
      await wait(100);
      round = await ready();
    }
  }
}
process.exit();
