import type { Lease } from '../../../model/lease.js';
import { ownDomains } from '../../../world/leases/usable-values.js';
import type { LinkJson } from '../../link-json/link-json.js';
import type { Environment } from '../environment.js';
import { connectivityOf, createActions } from './network-manager/actions.js';
import { addressing } from './network-manager/addressing.js';
import { dhcpOptions } from './network-manager/dhcp-options.js';
import { judgeDispatched } from './network-manager/judge.js';
import type { Given, Style } from './style.js';

/** A .network file is to systemd-networkd what a connection is to NetworkManager. */
const connection = ({ NetworkFile }: LinkJson): Environment => {
  const name = /^\/[^\p{Cc}]*?([^/\p{Cc}]+)\.network$/u.exec(NetworkFile)?.[1];
  return name === undefined ? {} : { CONNECTION_ID: name, CONNECTION_FILENAME: NetworkFile };
};

/** Its leases: what networkd has written down is newer than what the World has. */
const leasesOf = ({ step: { event, world }, lease4 }: Given): readonly Lease[] => {
  const ifindex = 'ifindex' in event ? event.ifindex : 0;
  const bound = [...world.leases.bound.values()].filter(one => one.ifindex === ifindex).map(({ lease }) => lease);
  return lease4 === undefined ? bound : [lease4, ...bound.filter(({ family }) => family === 'ipv6')];
};

/** All that a link has; NetworkManager has it of links that are up only. */
const having = (link: LinkJson, leases: readonly Lease[]): Environment => {
  const domains = leases.filter(({ family }) => family === 'ipv4').flatMap(ownDomains);
  return {
    ...addressing('ipv4', link, domains),
    ...addressing('ipv6', link),
    ...Object.fromEntries(leases.flatMap(lease => Object.entries(dhcpOptions(lease)))),
  };
};

const variables: Style['variables'] = (given, { args: [iface = '', action = ''] }) => {
  const { link, step } = given;
  const ofAction = { NM_DISPATCHER_ACTION: action };
  if (step.event.kind === 'manager-state') return { ...ofAction, CONNECTIVITY_STATE: connectivityOf(step.event) };
  return {
    ...ofAction,
    DEVICE_IFACE: iface,
    DEVICE_IP_IFACE: iface,
    ...(link === undefined ? {} : connection(link)),
    ...(link === undefined || action === 'down' ? {} : having(link, leasesOf(given))),
  };
};

/** Trees of NetworkManager-dispatcher(8): each path is itself the directory of the scripts. */
export const networkManager: Style = {
  paths: ['/etc/NetworkManager/dispatcher.d', '/usr/lib/NetworkManager/dispatcher.d'],
  directories: [''],
  runsOf: step => createActions()(step),
  createRunsOf: createActions,
  judge: judgeDispatched,
  variables,
};
