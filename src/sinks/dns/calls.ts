import { AF_INET, AF_INET6 } from '@network-stack/netlink/constants';
import { toError } from '../../model/fault.js';
import { deniedAdvice, errorName } from '../reconcile/bus-errors.js';
import { ipBytes } from '../../model/ip/ip-address.js';
import { type DnsAction, dnsText, type Via } from './desired.js';
import type { Call } from '../../system/bus/bus.js';

interface Service {
  readonly name: string;
  readonly path: string;
  readonly title: string;
}

/**
 * The services that take DNS settings: org.freedesktop.resolve1(5) and org.freedesktop.network1(5) have the same
 * methods.
 */
export const services: Readonly<Record<Via, Service>> = {
  resolved: { name: 'org.freedesktop.resolve1', path: '/org/freedesktop/resolve1', title: 'systemd-resolved' },
  networkd: { name: 'org.freedesktop.network1', path: '/org/freedesktop/network1', title: 'systemd-networkd' },
};

/** `(iay)`: family and bytes. */
const server = (text: string): readonly unknown[] => {
  const bytes = Buffer.from(ipBytes(text) ?? []);
  return [bytes.length === 4 ? AF_INET : AF_INET6, bytes];
};

/** `(sb)`: true makes it a routing-only domain, which is not used to complete names. */
const domain = (text: string): readonly unknown[] => [text.replace(/^~/, ''), text.startsWith('~')];

/** The method call that makes a setting. */
export const dnsCall = ({ via, ifindex, set, values }: DnsAction): Call => {
  const { name, path } = services[via];
  const to = { destination: name, path, interface: `${name}.Manager` };
  switch (set) {
    case 'servers':
      return { ...to, member: 'SetLinkDNS', signature: 'ia(iay)', body: [ifindex, values.map(server)] };
    case 'domains':
      return { ...to, member: 'SetLinkDomains', signature: 'ia(sb)', body: [ifindex, values.map(domain)] };
    case 'defaultRoute':
      // It cannot be unset; true is resolved's default for a link without routing-only domains.
      return { ...to, member: 'SetLinkDefaultRoute', signature: 'ib', body: [ifindex, values[0] !== 'no'] };
    case 'reset':
      return { ...to, member: 'RevertLinkDNS', signature: 'i', body: [ifindex] };
  }
};

const advice = (error: unknown, via: Via): string => {
  switch (errorName(error)) {
    case 'LinkBusy':
      return ': systemd-networkd configures this link, so set DNSVia="networkd" in [Network]';
    case 'UnmanagedInterface':
      return ': systemd-networkd does not configure this link, so set DNSVia="resolved" in [Network]';
    default:
      return deniedAdvice(error) || (via === 'networkd' ? ': is the link configured by systemd-networkd?' : '');
  }
};

/** For people: what was not set, why, and what to do. */
export const explained = (error: unknown, action: DnsAction): string =>
  `${dnsText(action)}: refused by ${services[action.via].title} (${toError(error).message})${advice(error, action.via)}`;
