import { lastValueFrom } from 'rxjs';
import { controlPaths } from '../daemon/control-path.js';
import { parseJson } from '../model/values/unknown.js';
import { say } from '../system/say.js';
import { isReport, type StatusReport } from '../text/status-report.js';
import { askDaemon } from './ask-daemon.js';

/** What the daemon says of itself, as text and read; undefined if there is none, which people are told. */
export const daemonReport = async (
  env: NodeJS.ProcessEnv,
): Promise<{ readonly text: string; readonly report: StatusReport } | undefined> => {
  const places = controlPaths(env).join(' or ');
  const text = await lastValueFrom(askDaemon(env), { defaultValue: '' });
  const report = parseJson(text);
  if (isReport(report)) return { text, report };
  say(
    text === ''
      ? `no daemon is listening at ${places}; start it: systemctl start network-broker`
      : `what answered at ${places} is not a network-broker daemon (${text.length} characters)`,
  );
  return undefined;
};
