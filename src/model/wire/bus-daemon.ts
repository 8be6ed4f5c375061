/** The bus daemon itself; nobody else can send under this name. */
export const BUS_NAME = 'org.freedesktop.DBus';

/** A call of the bus daemon (org.freedesktop.DBus of the D-Bus specification); all arguments are text. */
export const busDaemonCall = (member: string, ...body: readonly string[]) => ({
  destination: BUS_NAME,
  path: '/org/freedesktop/DBus',
  interface: BUS_NAME,
  member,
  signature: 's'.repeat(body.length),
  body,
});
