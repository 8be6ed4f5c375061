import { ipBytes } from '../../../model/ip/ip-address.js';

export interface Address {
  readonly text: string;
  /** RT_SCOPE_* */
  readonly scope: number;
  readonly metric: number;
}

const bytesOf = ({ text }: Address): Uint8Array => Uint8Array.from(ipBytes(text) ?? []);

/** IPv4 first, then by scope, metric and bytes: as networkctl(1) shows addresses and gateways (local-addresses.c of systemd). */
export const textsInOrder = (addresses: readonly Address[]): readonly string[] =>
  addresses
    .map(address => ({ ...address, bytes: bytesOf(address) }))
    .toSorted(
      (a, b) =>
        a.bytes.length - b.bytes.length || a.scope - b.scope || a.metric - b.metric || Buffer.compare(a.bytes, b.bytes),
    )
    .map(({ text }) => text);
