import { catchError, EMPTY, first, from, lastValueFrom, concatMap } from 'rxjs';
import { ask } from '../system/control-socket.js';
import type { Asked, Options } from './command-line.js';
import { controlPaths } from './control-path.js';
import { painter } from './paint.js';
import { statusPage } from './status-page.js';
import type { StatusReport } from './status-report.js';

const isReport = (value: unknown): value is StatusReport =>
  typeof value === 'object' && value !== null && 'counters' in value && 'runs' in value;

/** Asks the daemon how it is doing. Resolves to 1 if there is none. */
export const status = async (_: Options, { flags }: Asked): Promise<number> => {
  const paths = controlPaths(process.env);
  const answer = await lastValueFrom(
    from(paths).pipe(
      concatMap(path => ask(path).pipe(catchError(() => EMPTY))),
      first(text => text !== '', ''),
    ),
    { defaultValue: '' },
  );
  if (answer === '') {
    process.stderr.write(
      `network-broker: expected a running daemon, found nobody who answers at ${paths.join(' or ')}: systemctl start network-broker\n`,
    );
    return 1;
  }
  const report: unknown = JSON.parse(answer);
  const isForPeople = !flags.includes('json') && isReport(report);
  process.stdout.write(isForPeople ? statusPage(report, painter(process.stdout)(31)) : `${answer}\n`);
  return 0;
};
