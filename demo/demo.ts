// make demo: the whole thing in namespaces of its own. A cable is plugged in and out, and you see what the daemon did.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { launchBroker, recordOf, scriptDirectory } from '../test/live/lab/daemons/broker.js';
import { startBus } from '../test/live/lab/daemons/bus.js';
import { configureDhcp, layCables, plug, unplug } from '../test/live/lab/cables.js';
import { checkout } from '../test/live/lab/checkout.js';
import { firstProcess, inside } from '../test/live/lab/namespace/first-process.js';
import { openLab } from '../test/live/lab/lab.js';
import { startNetworkd } from '../test/live/lab/daemons/networkd.js';
import { startRouter } from '../test/live/lab/daemons/router.js';
import { reporter } from './report.js';

const show = async (): Promise<void> => {
  const lab = await openLab();
  const version = (await lab.sh('networkctl --version')).split('\n')[0] ?? '';
  console.log(`In namespaces of its own: a bus, ${version}, and eth0 with a cable to a router that has DHCP.`);
  await startBus(lab);
  await startRouter(lab);
  await layCables(lab, [0]);
  await configureDhcp(lab, 'eth0');
  await lab.sh(
    `cp -R ${join(checkout, 'config', 'sample')} ${scriptDirectory}; chmod -R u=rwX,go=rX ${scriptDirectory}`,
  );
  await startNetworkd(lab);

  const { step, take, ran } = reporter(console.log);
  step('the daemon starts');
  const broker = await launchBroker(lab, process.getuid?.() === 0 ? {} : { as: 'network-broker' });
  broker.follow(line => recordOf(line).forEach(take));
  await lab.until('the state at start', () => ran('no-carrier.d/') > 0);
  for (const round of [1, 2, 3]) {
    step('the cable is plugged in');
    await plug(lab, ['eth0']);
    await lab.until('configured.d', () => ran('configured.d/') === round);
    step('the cable is pulled (the kernel tells of one such change a second)');
    await unplug(lab, ['eth0']);
    await lab.until('no-carrier.d', () => ran('no-carrier.d/') > round);
  }
  step('the daemon drains, then stops');
  await broker.stop();
  console.log(`\n${ran()} scripts ran. Everything has been cleaned up.`);
};

/** In the laboratory; the first process of it ends everything when this one ends. */
const enter = (): number => {
  const { file, args, env } = firstProcess({}, [process.execPath, ...process.argv.slice(1)]);
  const { status, error } = spawnSync(file, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error !== undefined) console.error(`make demo: ${file} (util-linux): ${error.message}`);
  if (status !== 0 && process.getuid?.() !== 0)
    console.error(
      'make demo: without root it needs user namespaces, which this kernel may not allow you: try sudo make demo',
    );
  return status ?? 1;
};

if (!inside()) process.exitCode = enter();
else
  show().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exit(1);
    },
  );
