import { NAME, PATH, pathOf } from './networkd-names.js';
import type { NetworkdSurroundings, Process, Words } from './networkd-process.js';
import { stateText } from './texts.js';

const PROPERTIES = 'org.freedesktop.DBus.Properties';

const worst = [
  'missing',
  'off',
  'no-carrier',
  'dormant',
  'degraded-carrier',
  'carrier',
  'degraded',
  'enslaved',
  'routable',
];

/** What it tells of states: to its files, and to the bus. */
export interface Telling {
  /** these have changed */
  readonly told: (ifindex: number, changed: Words) => void;
  /** those of `names` that are otherwise `now` */
  readonly say: (ifindex: number, now: Words, names: readonly string[]) => void;
  readonly admin: (ifindex: number, word: string) => void;
  /** its own states, which follow from those of all links */
  readonly tellManager: () => void;
}

export const createTelling = ({ bus, disk, random, faults, tell }: NetworkdSurroundings, process: Process): Telling => {
  const { links } = process;
  const signal = (path: string, of: string, changed: Words): void => {
    if (process.unique === undefined) return;
    const body = [`${NAME}.${of}`, changed, []];
    bus.signal({ sender: process.unique, path, interface: PROPERTIES, member: 'PropertiesChanged', body });
  };
  /** Its files: in place before a signal of what came, and a little after one of what went. */
  const save = (ifindex: number, isWorse: boolean): void => {
    const write = (): void => {
      const known = links.get(ifindex);
      disk.write(`/run/systemd/netif/links/${ifindex}`, known && stateText(known.states));
    };
    const late = faults.take('networkd');
    if (late !== undefined) process.later(random.within(50, 400), write);
    else if (isWorse) process.later(random.within(1, 3), write);
    else write();
  };
  const told = (ifindex: number, changed: Words): void => {
    const isWorse =
      worst.indexOf(changed.OperationalState ?? 'routable') <
      worst.indexOf(links.get(ifindex)?.states.OperationalState ?? 'missing');
    Object.assign(links.get(ifindex)?.states ?? {}, changed);
    tell({ kind: 'states', ifindex, states: changed });
    save(ifindex, isWorse);
    signal(pathOf(ifindex), 'Link', changed);
  };
  const differing = (ifindex: number, now: Words, names: readonly string[]): Words => {
    const before = links.get(ifindex)?.states ?? {};
    return Object.fromEntries(
      names.flatMap(name => {
        const value = now[name];
        return value === undefined || value === before[name] ? [] : [[name, value]];
      }),
    );
  };
  const say = (ifindex: number, now: Words, names: readonly string[]): void => {
    const changed = differing(ifindex, now, names);
    if (Object.keys(changed).length > 0) told(ifindex, changed);
  };
  const tellManager = (): void => {
    const all = [...links.entries()].filter(([ifindex]) => ifindex > 1).map(([, { states }]) => states);
    const best = (name: string): string =>
      all.reduce(
        (a, states) => (worst.indexOf(states[name] ?? '') > worst.indexOf(a) ? (states[name] ?? a) : a),
        'off',
      );
    const online = all.map(({ OnlineState = '' }) => OnlineState).filter(word => word !== '');
    const now: Record<string, string> = {
      OperationalState: best('OperationalState'),
      CarrierState: best('CarrierState'),
      AddressState: best('AddressState'),
      IPv4AddressState: best('IPv4AddressState'),
      IPv6AddressState: best('IPv6AddressState'),
      OnlineState:
        online.length === 0
          ? ''
          : online.every(word => word === 'online')
            ? 'online'
            : online.includes('online')
              ? 'partial'
              : 'offline',
    };
    const changed = Object.fromEntries(Object.entries(now).filter(([name, value]) => process.manager[name] !== value));
    if (Object.keys(changed).length === 0) return;
    process.manager = now;
    disk.write('/run/systemd/netif/state', stateText(process.manager));
    tell({ kind: 'states', ifindex: 0, states: changed });
    signal(PATH, 'Manager', changed);
  };
  const admin = (ifindex: number, word: string): void =>
    say(ifindex, { AdministrativeState: word }, ['AdministrativeState']);
  return { told, say, admin, tellManager };
};
