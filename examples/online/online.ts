import { concatMap, defer } from 'rxjs';
import { derive, type NetworkEvent, type Stage, type World } from 'network-event-broker';

const isOnline = ({ networkd }: World): boolean =>
  [...networkd.states.values()].some(({ OperationalState }) => OperationalState === 'routable');

const said = (payload: 'online' | 'offline'): NetworkEvent => ({
  kind: 'extension',
  extension: 'online',
  ifindex: 0,
  payload,
});

/**
 * All events pass. Behind the one with which this host gets its first routable link, or loses its last one, comes an event of its
 * own, `online` or `offline`, which has that one's id and says that it is its cause.
 *
 *     steps    -r---o---d---e----|      r, d: a link is routable, degraded; o, e: another one
 *     result   -(rx)o---d---(ey)-|      x: online, y: offline
 */
export const online: Stage = step$ =>
  defer(() => {
    let was = false;
    return step$.pipe(
      concatMap(step => {
        const is = isOnline(step.world);
        if (is === was) return [step];
        was = is;
        return [step, derive(step, said(is ? 'online' : 'offline'))];
      }),
    );
  });
