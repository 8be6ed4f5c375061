// @ts-check
// Waits until a link is routable: node wait-until-routable.mjs eth0 [SECONDS]
import { first, timeout } from 'rxjs';
import { linkStates, watchNetwork } from 'network-event-broker';

const [name = 'eth0', seconds = '120'] = process.argv.slice(2);

watchNetwork()
  .world$.pipe(
    first(world => linkStates(world, name)['OperationalState'] === 'routable'),
    timeout({ first: Number(seconds) * 1000 }),
  )
  .subscribe({
    next: () => console.log(`${name} is routable`),
    error: () => {
      console.error(`expected ${name} to be routable within ${seconds} s, and it is not`);
      process.exitCode = 1;
    },
  });
