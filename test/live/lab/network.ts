import { startBus } from './daemons/bus.js';
import { configureDhcp, configureStatic, layCables, plug, untilOperational } from './cables.js';
import type { LabOptions } from './namespace/first-process.js';
import { type Lab, openLab } from './lab.js';
import { startNetworkd } from './daemons/networkd.js';
import type { Process } from './process.js';
import { startRouter } from './daemons/router.js';

/** A laboratory with a bus, a router and networkd, and each link (eth0 …) configured as told and routable. */
export interface Network {
  readonly lab: Lab;
  readonly bus: Process;
  readonly networkd: Process;
  /** Names of the links by ifindex. */
  readonly names: () => Promise<Readonly<Record<number, string>>>;
}

export type Configuration = 'dhcp' | 'static';

const build = async (lab: Lab, links: readonly Configuration[]): Promise<Network> => {
  const bus = await startBus(lab);
  await startRouter(lab);
  const numbers = links.map((_, n) => n);
  const all = numbers.map(n => `eth${n}`);
  await layCables(lab, numbers);
  for (const [n, how] of links.entries())
    await (how === 'dhcp' ? configureDhcp(lab, `eth${n}`) : configureStatic(lab, `eth${n}`, `10.0.${n}.50/24`));
  if (all.length > 0) await plug(lab, all);
  const networkd = await startNetworkd(lab);
  for (const link of all) await untilOperational(lab, link, 'routable');
  const names = async (): Promise<Readonly<Record<number, string>>> => {
    const listed = JSON.parse(await lab.sh('ip -json link')) as readonly { ifindex: number; ifname: string }[];
    return Object.fromEntries(listed.map(({ ifindex, ifname }) => [ifindex, ifname]));
  };
  return { lab, bus, networkd, names };
};

/** Builds it, lends it to `body`, and leaves nothing of it behind. */
export const withNetwork = async (
  links: readonly Configuration[],
  body: (network: Network) => Promise<void>,
  options: LabOptions = {},
): Promise<void> => {
  const lab = await openLab(options);
  try {
    await body(await build(lab, links));
  } finally {
    await lab.close();
  }
};
