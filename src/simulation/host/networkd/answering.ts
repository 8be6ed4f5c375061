import type { Reply } from '../simulated-bus.js';
import { LEASE_S } from './configuring.js';
import { PATH, pathOf } from './networkd-names.js';
import type { NetworkdSurroundings, Process } from './networkd-process.js';
import { describe } from './texts.js';

interface Call {
  readonly path: string;
  readonly member: string;
  readonly body?: readonly unknown[];
}

/** What it answers to calls. */
export const answering =
  ({ kernel, profiles }: NetworkdSurroundings, process: Process) =>
  ({ path, member, body = [] }: Call): Reply => {
    const { links } = process;
    const unknown = { errorName: 'org.freedesktop.DBus.Error.UnknownObject' };
    switch (member) {
      case 'ListLinks':
        return [[...links.keys()].map(ifindex => [ifindex, kernel.link(ifindex)?.name ?? '', pathOf(ifindex)])];
      case 'GetAll': {
        if (path === PATH) return [{ ...process.manager }];
        const found = [...links].find(([ifindex]) => pathOf(ifindex) === path);
        return found === undefined ? unknown : [{ ...found[1].states, BitRates: [0n, 0n] }];
      }
      case 'Describe': {
        const found = [...links].find(([ifindex]) => pathOf(ifindex) === path);
        const link = found && kernel.link(found[0]);
        if (found === undefined || link === undefined) return unknown;
        const isLeased = profiles.get(link.name)?.by === 'dhcp';
        return [describe(link, found[1].states, isLeased ? found[1].address : undefined, LEASE_S)];
      }
      case 'SetLinkDNS':
      case 'SetLinkDomains':
      case 'RevertLinkDNS': {
        const ifindex = Number(body[0]);
        const link = kernel.link(ifindex);
        if (link === undefined) return { errorName: 'org.freedesktop.network1.NoSuchLink' };
        if (profiles.get(link.name) === undefined) return { errorName: 'org.freedesktop.network1.UnmanagedInterface' };
        return [];
      }
      default:
        return { errorName: 'org.freedesktop.DBus.Error.UnknownMethod' };
    }
  };
