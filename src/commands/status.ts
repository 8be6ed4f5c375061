import { lastValueFrom } from 'rxjs';
import { askDaemon } from '../cli/ask-daemon.js';
import type { Asked } from '../cli/command-line.js';
import type { Options } from '../config/options.js';
import { controlPaths } from '../daemon/control-path.js';
import { painter } from '../cli/paint.js';
import { statusPage } from '../text/status-page.js';
import type { StatusReport } from '../text/status-report.js';

const isReport = (value: unknown): value is StatusReport =>
  typeof value === 'object' && value !== null && 'counters' in value && 'runs' in value;

/** undefined: it is none */
const reportIn = (text: string): StatusReport | undefined => {
  try {
    const report: unknown = JSON.parse(text);
    return isReport(report) ? report : undefined;
  } catch {
    return undefined;
  }
};

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
  const report = reportIn(answer);
  if (report === undefined) {
    process.stderr.write(
      `network-broker: what answered at ${paths.join(' or ')} is not a network-broker daemon (${answer.length} characters)\n`,
    );
    return 1;
  }
  process.stdout.write(!flags.includes('json') ? statusPage(report, painter(process.stdout)(31)) : `${answer}\n`);
  return 0;
};
