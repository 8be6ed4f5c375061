import { catchError, forkJoin, map, mergeMap, type Observable, of } from 'rxjs';
import { toError } from '../../../model/fault.js';
import { manageForeign } from './networkd-conf-parse.js';
import { networkdConf, networkdConfDirectories } from './networkd-conf-files.js';
import { dropIn } from '../../../sinks/policy/messages.js';
import { MANAGER_FILE } from '../../../sources/networkd/read-states.js';
import { hasPolicy } from '../../../sinks/policy/chosen.js';
import { createFiles, type Files } from '../../../system/files/files.js';
import { type Check, type Finding, ok, warn } from '../finding.js';

const about = 'networkd.conf';

interface Read {
  readonly path: string;
  /** undefined: it cannot be read */
  readonly text: string | undefined;
  readonly why?: string;
}

const reading = (files: Files, path: string): Observable<Read> =>
  files.read(path).pipe(
    map((text): Read => ({ path, text })),
    catchError((cause: unknown) => of({ path, text: undefined, why: toError(cause).message })),
  );

const judged = (files: readonly Read[]): readonly Finding[] => {
  const readable = files.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text }]));
  const { rules, routes } = manageForeign(readable);
  const wrong = [
    { key: 'ManageForeignRoutingPolicyRules', what: 'rules', ...rules },
    { key: 'ManageForeignRoutes', what: 'routes', ...routes },
  ].filter(({ isManaged }) => isManaged);
  const unread = files.filter(({ text }) => text === undefined);
  const list = (of: (one: (typeof wrong)[number]) => string): string => [...new Set(wrong.map(of))].join(' and ');
  const expected = list(({ key }) => `${key}=no`);
  const found = list(({ key, by }) => (by === undefined ? `${key} unset` : `yes in ${by}`));
  return [
    ...unread.map(({ path, why = `${path} is a broken link` }) => warn(about, `${why}: its settings are unknown`)),
    wrong.length === 0
      ? ok(about, 'systemd-networkd leaves our rules and routes alone')
      : warn(
          about,
          `expected ${expected}, found ${found}: systemd-networkd deletes our ${list(({ what }) => what)} when it starts or reconfigures a link, and the broker puts them back; copy ${dropIn} of the package's examples to /etc/systemd/networkd.conf.d, and restart systemd-networkd`,
        ),
  ];
};

/** Will systemd-networkd delete the rules and routes that are ours? */
export const networkdSettings =
  (files: Files = createFiles()): Check =>
  ({ config }) =>
    !hasPolicy({ config })
      ? of(ok(about, 'skipped: RoutingPolicyRules is not set'))
      : forkJoin([files.list(networkdConfDirectories), reading(files, MANAGER_FILE)]).pipe(
          mergeMap(([listings, running]) => {
            // networkd writes it when it starts, and it goes when the host goes down
            if (running.text === undefined && !config.system.generator.includes('systemd-networkd'))
              return of([ok(about, 'systemd-networkd does not run here')]);
            const paths = networkdConf(listings);
            const texts = paths.map(path => reading(files, path));
            return texts.length === 0 ? of(judged([])) : forkJoin(texts).pipe(map(judged));
          }),
          mergeMap(findings => findings),
        );
