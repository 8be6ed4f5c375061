/** What is known of a link beyond what the kernel says. Unknown fields are empty. */
export interface LinkDetails {
  /** networkd's word for the kind of link: `ether`, `wlan`, `loopback` */
  readonly type: string;
  readonly vendor: string;
  readonly model: string;
  /** where the device sits: `pci-0000:02:05.0` */
  readonly path: string;
  readonly driver: string;
  /** the vendor's number of the device, hexadecimal: `100f` */
  readonly productId: string;
  /** the .link file of udev and the .network file of networkd that apply */
  readonly linkFile: string;
  readonly networkFile: string;
  /** addresses, or host names of the servers */
  readonly dns: readonly string[];
  readonly ntp: readonly string[];
  readonly searchDomains: readonly string[];
  /** domains that only choose which server is asked */
  readonly routeDomains: readonly string[];
}
