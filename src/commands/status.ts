import type { Asked } from '../cli/command-line.js';
import { daemonReport } from '../cli/daemon-report.js';
import { painter } from '../cli/paint.js';
import type { Options } from '../config/options.js';
import { statusPage } from '../text/status-page.js';

/** Asks the daemon how it is doing. Resolves to 1 if there is none. */
export const status = async (_: Options, { flags }: Asked): Promise<number> => {
  const said = await daemonReport(process.env);
  if (said === undefined) return 1;
  process.stdout.write(
    flags.includes('json') ? `${said.text}\n` : statusPage(said.report, painter(process.stdout)(31)),
  );
  return 0;
};
