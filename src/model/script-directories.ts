import type { AdministrativeState, CarrierState, OnlineState, OperationalState } from './states.js';

/** The directories that packages create; those of other states are created by whoever needs them. */
export const standardDirectories: readonly string[] = [
  'addresses.d',
  'carrier.d',
  'configured.d',
  'degraded.d',
  'leases.d',
  'links.d',
  'manager.d',
  'no-carrier.d',
  'resume.d',
  'routable.d',
  'routes.d',
  'rules.d',
  'suspend.d',
];

const carrierStates: readonly CarrierState[] = [
  'off',
  'no-carrier',
  'dormant',
  'degraded-carrier',
  'carrier',
  'enslaved',
];
const operationalStates: readonly OperationalState[] = ['missing', ...carrierStates, 'degraded', 'routable'];
const onlineStates: readonly OnlineState[] = ['offline', 'partial', 'online'];
const administrativeStates: readonly AdministrativeState[] = [
  'pending',
  'initialized',
  'configuring',
  'configured',
  'failed',
  'unmanaged',
  'linger',
];

/**
 * The properties that choose directories, in the order in which their directories run, with systemd-networkd's values
 * (networkctl(1); network-util.c and networkd-link.c of systemd). A state from the bus becomes part of a path only if
 * it is listed here. The address states are left out: they share words with operational states.
 */
export const choosing: ReadonlyMap<string, ReadonlySet<string>> = new Map<string, ReadonlySet<string>>([
  ['CarrierState', new Set(carrierStates)],
  ['OperationalState', new Set(operationalStates)],
  ['OnlineState', new Set(onlineStates)],
  ['AdministrativeState', new Set(administrativeStates)],
]);

/** Every value that a state of a link can have, each once. */
export const stateWords: readonly string[] = [...new Set([...choosing.values()].flatMap(values => [...values]))];

/** `routable` of `routable.d` */
export const wordOf = (directory: string): string => directory.replace(/\.d$/, '');

/** Every directory that an event can choose. */
export const allDirectories: readonly string[] = [
  ...new Set([...standardDirectories, ...stateWords.map(word => `${word}.d`)]),
];
