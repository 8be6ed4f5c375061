import { concat, EMPTY, filter, map, merge, mergeMap, type Observable, of, switchMap } from 'rxjs';
import type { KernelSource } from '../model/flow.js';
import type { Input } from '../model/input.js';
import { nameOwner } from '../operators/name-owner.js';
import { listedLinks, NETWORKD, NETWORKD_PATH, newsOf } from '../parsers/networkd-messages.js';
import type { Bus, BusConnection } from '../system/bus.js';

const NAME = 'links';
const rule = `type='signal',sender='${NETWORKD}',member='PropertiesChanged',path_namespace='${NETWORKD_PATH}'`;

const list = (connection: BusConnection): Observable<Input> =>
  connection
    .call({ destination: NETWORKD, path: NETWORKD_PATH, interface: `${NETWORKD}.Manager`, member: 'ListLinks' })
    .pipe(
      map(reply => ({
        kind: 'links',
        links: listedLinks(reply).map(({ ifindex, name }) => ({ ifindex, name, alternativeNames: [] })),
      })),
    );

/** networkd speaks of a link's beginning or end: the list is another one. */
const comesOrGoes = (connection: BusConnection, owner: string): Observable<unknown> =>
  connection.signal$.pipe(
    filter(signal => signal.sender === owner && signal.member === 'PropertiesChanged'),
    map(newsOf),
    filter(news => news?.of === 'link'),
    filter(({ changed }) =>
      ['initialized', 'pending', 'unmanaged', 'linger'].includes(changed.AdministrativeState ?? ''),
    ),
  );

const linksOf = (connection: BusConnection): Observable<Input> =>
  concat(
    connection.match(rule),
    nameOwner(connection, NETWORKD).pipe(
      switchMap(owner =>
        owner === undefined
          ? EMPTY
          : merge(of(undefined), comesOrGoes(connection, owner)).pipe(mergeMap(() => list(connection))),
      ),
    ),
  );

/** Stands in for the kernel: the links that systemd-networkd lists, listed again whenever one comes or goes. */
export const listedLinksSource = (bus: Bus): KernelSource => ({
  name: NAME,
  inputs: () => bus.connection$.pipe(switchMap(linksOf)),
  drain: () => undefined,
});
