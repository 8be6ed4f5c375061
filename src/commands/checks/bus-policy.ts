import { getuid } from 'node:process';
import { catchError, map, of } from 'rxjs';
import { toError } from '../../model/fault.js';
import { signalToSelf } from '../../system/bus/signal-to-self.js';
import { type Check, ok, warn } from './finding.js';

const about = 'bus policy';

/** Does the bus keep strangers' signals from the user who asks, which the daemon should be? A signal that is sent tells. */
export const busPolicy =
  (send: typeof signalToSelf = signalToSelf, user = getuid?.() ?? 'unknown'): Check =>
  ({ config }) =>
    !config.system.generator.includes('systemd-networkd')
      ? of(ok(about, 'not needed: systemd-networkd is no Generator'))
      : send().pipe(
          map(reach =>
            reach === 'refused'
              ? ok(about, `the bus refuses what strangers signal to user ${user}`)
              : warn(
                  about,
                  `expected that strangers' signals do not reach user ${user}, found that they do: with enough of them anybody makes the bus drop systemd-networkd's; the package's policy for the user network-broker belongs into /usr/share/dbus-1/system.d or /etc/dbus-1/system.d, and then: busctl call org.freedesktop.DBus / org.freedesktop.DBus ReloadConfig`,
                ),
          ),
          catchError((cause: unknown) => of(warn(about, `it cannot be tried: ${toError(cause).message}`))),
        );
