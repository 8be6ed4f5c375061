import { getuid } from 'node:process';
import { catchError, concatMap, from, map, mergeMap, type Observable, of, take, toArray } from 'rxjs';
import type { Config } from '../../model/config.js';
import { toError } from '../../model/fault.js';
import { type Bus, type BusConnection, BusError, systemBus } from '../../system/bus/bus.js';
import { createFiles, type Files } from '../../system/files/files.js';
import { mayDo, POLKIT } from '../../system/bus/polkit-authority.js';
import { type Check, type Finding, ok, warn } from './finding.js';
import { busDaemonCall } from '../../model/wire/bus-daemon.js';

const about = 'polkit';
const rulesFile = 'network-broker.rules';
const ruleDirectories = ['etc', 'run', 'usr/local/share', 'usr/share'].map(root => `/${root}/polkit-1/rules.d`);

/** The actions of polkit that the daemon's calls need, as in config/network-broker.rules. */
export const actionsOf = ({
  network: { useDns, useDomain, useHostname, dnsVia },
  perLink,
}: Config): readonly string[] => {
  const dns = dnsVia === 'networkd' ? 'org.freedesktop.network1' : 'org.freedesktop.resolve1';
  return [
    useDns ? `${dns}.set-dns-servers` : '',
    useDomain || (useDns && perLink.some(({ domains }) => domains !== undefined)) ? `${dns}.set-domains` : '',
    (useDns || useDomain) && perLink.some(({ dnsDefaultRoute }) => dnsDefaultRoute !== undefined)
      ? `${dns}.set-default-route`
      : '',
    (useDns || useDomain) && dnsVia === 'networkd' ? `${dns}.revert-dns` : '',
    useHostname ? 'org.freedesktop.hostname1.set-hostname' : '',
  ].filter(Boolean);
};

const askBus = (connection: BusConnection, member: string, ...body: readonly string[]): Observable<unknown> =>
  connection.call(busDaemonCall(member, ...body)).pipe(map(([answer]) => answer));

type Answer = 'yes' | 'no' | 'unknown';

const ask = (connection: BusConnection, action: string): Observable<readonly [string, Answer]> =>
  mayDo(connection, action).pipe(
    map(may => [action, may ? 'yes' : 'no'] as const),
    catchError((cause: unknown) => {
      if (cause instanceof BusError && cause.message.includes('not registered'))
        return of([action, 'unknown'] as const);
      throw cause;
    }),
  );

const judged = (answers: readonly (readonly [string, Answer])[], user: number | undefined): readonly Finding[] => {
  const having = (which: Answer): string =>
    answers
      .filter(([, answer]) => answer === which)
      .map(([action]) => action)
      .join(', ');
  const [refused, unknown] = [having('no'), having('unknown')];
  return [
    ...(refused === ''
      ? []
      : [
          warn(
            about,
            `polkit does not allow user ${user ?? 'unknown'} to do without a password: ${refused}; install ${rulesFile} of the package, which allows it to the user network-broker`,
          ),
        ]),
    ...(unknown === ''
      ? []
      : [warn(about, `polkit does not know the actions ${unknown}: is the service that defines them installed?`)]),
    ...(refused + unknown === '' ? [ok(about, `user ${user ?? 'unknown'} may do ${having('yes')}`)] : []),
  ];
};

/** Polkit is not running, and asking would start it: what can be said without it. */
const fromFiles = (files: Files): Observable<Finding> =>
  files.list(ruleDirectories).pipe(
    map(listings => {
      const unsure = 'polkit is not running, so what it allows is unknown';
      const found = listings.find(({ entries }) => entries.some(({ name }) => name.endsWith(rulesFile)));
      if (found !== undefined) return ok(about, `${unsure}; ${rulesFile} is in ${found.directory}`);
      const closed = listings.filter(({ way }) => way.error !== undefined).map(({ directory }) => directory);
      return closed.length > 0
        ? warn(
            about,
            `${unsure}; ${rulesFile} of the package may be in ${closed.join(' or ')}, which this user cannot read`,
          )
        : warn(about, `${unsure}; ${rulesFile} of the package is missing from ${ruleDirectories.join(' and ')}`);
    }),
  );

const absent = warn(
  about,
  'polkit is not installed, and without it only root may make the settings of UseDNS=, UseDomain=, UseHostname=: install polkitd',
);

/** May the calls be made that UseDNS=, UseDomain= and UseHostname= need? For the user who asks, which the daemon should be. */
export const polkit =
  (system: () => Bus = systemBus, files: Files = createFiles(), user = getuid?.()): Check =>
  ({ config }) => {
    const actions = actionsOf(config);
    if (actions.length === 0) return of(ok(about, 'skipped: UseDNS, UseDomain and UseHostname are off'));
    const asked = (connection: BusConnection): Observable<Finding> =>
      askBus(connection, 'NameHasOwner', POLKIT).pipe(
        mergeMap(owned =>
          owned === true
            ? from(actions).pipe(
                concatMap(action => ask(connection, action)),
                toArray(),
                mergeMap(answers => judged(answers, user)),
              )
            : askBus(connection, 'ListActivatableNames').pipe(
                mergeMap(names => (Array.isArray(names) && names.includes(POLKIT) ? fromFiles(files) : of(absent))),
              ),
        ),
      );
    return system().connection$.pipe(
      mergeMap(connection => asked(connection).pipe(toArray())),
      take(1), // which closes the connection
      mergeMap(findings => findings),
      catchError((cause: unknown) => of(warn(about, `polkit could not be queried: ${toError(cause).message}`))),
    );
  };
