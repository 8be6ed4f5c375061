import { catchError, concat, defer, map, mergeMap, type Observable, of, reduce, toArray } from 'rxjs';
import { kernelTables, type TableNames } from '../model/route/route-text.js';
import type { Files } from '../system/files/files.js';

/** iproute2's directories in order of precedence: rt_tables of the first that has one, rt_tables.d of all. */
const places = ['/etc/iproute2', '/usr/share/iproute2', '/usr/lib/iproute2'];

/**
 * `42 storage`, `0x2a storage # disks`; other lines are ignored. Names may be shown anywhere, so no control characters.
 */
const entry = /^[ \t]*(\d{1,10}|0x[0-9a-f]{1,8})[ \t]+([!-~]+)[ \t]*(#.*)?$/i;

const namesIn = (text: string): readonly (readonly [number, string])[] =>
  text.split('\n').flatMap(line => {
    const [, number = '', name = ''] = entry.exec(line) ?? [];
    return name === '' || Number(number) > 0xffff_ffff ? [] : [[Number(number), name] as const];
  });

/**
 * The present names of routing tables, as ip-route(8) knows them: rt_tables and rt_tables.d/*.conf of iproute2. Emits
 * once; unreadable files are skipped.
 */
export const tableNames = (files: Pick<Files, 'list' | 'read'>): Observable<TableNames> => {
  const text = (path: string): Observable<string | undefined> => files.read(path).pipe(catchError(() => of(undefined)));
  const main$ = concat(...places.map(place => text(`${place}/rt_tables`))).pipe(
    toArray(),
    map(texts => texts.find(one => one !== undefined)),
  );
  const more$ = defer(() => files.list(places.map(place => `${place}/rt_tables.d`).reverse())).pipe(
    catchError(() => of([])),
    mergeMap(listings =>
      listings.flatMap(({ directory, entries }) => entries.map(({ name }) => `${directory}/${name}`)),
    ),
    mergeMap(path => (path.endsWith('.conf') ? text(path) : [])),
  );
  return concat(main$, more$).pipe(reduce((names, one = '') => new Map([...names, ...namesIn(one)]), kernelTables));
};
