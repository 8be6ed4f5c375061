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
      ? of(ok(about, 'skipped: Generator does not include systemd-networkd'))
      : send().pipe(
          map(reach =>
            reach === 'refused'
              ? ok(about, `the bus refuses signals of strangers to user ${user}`)
              : warn(
                  about,
                  `signals of strangers reach user ${user}: with enough of them, anyone can make the bus drop those of systemd-networkd; install the package's policy for the user network-broker in /usr/share/dbus-1/system.d or /etc/dbus-1/system.d, then: busctl call org.freedesktop.DBus / org.freedesktop.DBus ReloadConfig`,
                ),
          ),
          catchError((cause: unknown) => of(warn(about, `this cannot be tested: ${toError(cause).message}`))),
        );
