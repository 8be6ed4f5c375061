// The words of systemd-networkd for its states: networkctl(1); network-util.c and networkd-link.c of systemd 252 to 257.

/**
 * A word of a newer systemd, which is passed on as it is. The pattern is there for the compiler alone: no word of today's has
 * it, so a word that is misspelt (`=== 'routeable'`) does not compile, and who goes through all words needs a `default`.
 */
export type UnknownState = `?${string}`;

export type CarrierState =
  'off' | 'no-carrier' | 'dormant' | 'degraded-carrier' | 'carrier' | 'enslaved' | UnknownState;
export type OperationalState = CarrierState | 'missing' | 'degraded' | 'routable';
export type AddressState = 'off' | 'degraded' | 'routable' | UnknownState;
/** Empty: it does not apply to the link. */
export type OnlineState = 'offline' | 'partial' | 'online' | '' | UnknownState;
export type AdministrativeState =
  'pending' | 'initialized' | 'configuring' | 'configured' | 'failed' | 'unmanaged' | 'linger' | UnknownState;

/**
 * State properties by their D-Bus names (`OperationalState` → `routable`), of a link or of networkd's manager; what a newer
 * systemd has besides these is there, too.
 */
export type States = Readonly<Record<string, string>> & {
  readonly CarrierState?: CarrierState;
  readonly OperationalState?: OperationalState;
  readonly AddressState?: AddressState;
  readonly IPv4AddressState?: AddressState;
  readonly IPv6AddressState?: AddressState;
  readonly OnlineState?: OnlineState;
  readonly AdministrativeState?: AdministrativeState;
};
