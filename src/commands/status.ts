import { lastValueFrom } from 'rxjs';
import { askDaemon } from '../cli/ask-daemon.js';
import type { Asked } from '../cli/command-line.js';
import type { Options } from '../config/options.js';
import { controlPaths } from '../daemon/control-path.js';
import { painter } from '../cli/paint.js';
import { statusPage } from '../text/status-page.js';
import { isReport } from '../text/status-report.js';
import { parseJson } from '../model/values/unknown.js';

/** Asks the daemon how it is doing. Resolves to 1 if there is none. */
export const status = async (_: Options, { flags }: Asked): Promise<number> => {
  const paths = controlPaths(process.env);
  const answer = await lastValueFrom(askDaemon(process.env), { defaultValue: '' });
  if (answer === '') {
    process.stderr.write(
      `network-broker: no daemon is listening at ${paths.join(' or ')}; start it: systemctl start network-broker\n`,
    );
    return 1;
  }
  const report = parseJson(answer);
  if (!isReport(report)) {
    process.stderr.write(
      `network-broker: what answered at ${paths.join(' or ')} is not a network-broker daemon (${answer.length} characters)\n`,
    );
    return 1;
  }
  process.stdout.write(!flags.includes('json') ? statusPage(report, painter(process.stdout)(31)) : `${answer}\n`);
  return 0;
};
