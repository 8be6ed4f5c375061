import { packages, sets } from '../packages/packages.js';
import type { BootOptions } from '../systems/system.js';

/** Debian's unit, under the name by which it takes the place of dbus-daemon. */
const unit = `[Unit]
DefaultDependencies=false
After=dbus.socket
Before=basic.target shutdown.target
Requires=dbus.socket
Conflicts=shutdown.target
[Service]
Type=notify
Sockets=dbus.socket
ExecStart=/usr/bin/dbus-broker-launch --scope system`;

/** Boots with dbus-broker(1) as the system bus; none, and the reason is printed, where it cannot be fetched. */
export const dbusBroker = (): readonly BootOptions[] => {
  try {
    const from = `${packages(sets.otherBus) ?? ''}/usr/bin`;
    const names = ['dbus-broker', 'dbus-broker-launch'];
    return [
      {
        binds: Object.fromEntries(names.map(name => [`${from}/${name}`, `/usr/bin/${name}`])),
        prepare: `cat >/etc/systemd/system/dbus.service <<'EOF'\n${unit}\nEOF`,
      },
    ];
  } catch (error) {
    process.stderr.write(`tests with dbus-broker are skipped: ${String(error).trim()}\n`);
    return [];
  }
};
