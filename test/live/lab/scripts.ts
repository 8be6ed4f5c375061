import { scriptDirectory } from './daemons/broker.js';
import type { Lab } from './lab.js';

const records = '/var/log/scripts';

/** The directories that a script can be put into. */
export const directories = [
  'carrier.d',
  'configured.d',
  'configuring.d',
  'degraded.d',
  'degraded-carrier.d',
  'dormant.d',
  'enslaved.d',
  'failed.d',
  'initialized.d',
  'linger.d',
  'manager.d',
  'missing.d',
  'no-carrier.d',
  'off.d',
  'offline.d',
  'online.d',
  'partial.d',
  'pending.d',
  'routable.d',
  'unmanaged.d',
] as const;

/** One start or end of a script that `installRecorders` made. */
export interface ScriptRun {
  readonly directory: string;
  readonly script: string;
  readonly link: string;
  readonly eventId: number;
  readonly rerun: boolean;
  readonly phase: 'start' | 'end';
}

/** The text of a script that writes down when it starts and ends. */
export const recorder = (directory: string, script: string, before: string): string => `#!/bin/sh
record() { echo "${directory} ${script} \${LINK:--} $EVENT_ID \${RERUN:-0} $1" >>${records}; }
record start
${before}
record end
`;

/** Installs a script. */
export const installScript = (lab: Lab, directory: string, name: string, text: string): Promise<void> =>
  lab.write(`${scriptDirectory}/${directory}/${name}`, text, 0o755);

/** Where recorders write: every user may. */
export const prepareRecords = async (lab: Lab): Promise<void> => lab.write(records, '', 0o666);

/** In each directory a script that writes down when it starts and ends; between the two it runs the `body`. */
export const installRecorders = async (
  lab: Lab,
  names: readonly string[] = ['10-record'],
  body = '',
): Promise<void> => {
  await prepareRecords(lab);
  for (const directory of directories)
    for (const name of names) await installScript(lab, directory, name, recorder(directory, name, body));
};

const runOf = (line: string): ScriptRun => {
  const [directory = '', script = '', link = '', eventId = '', rerun = '', phase = ''] = line.split(' ');
  return {
    directory,
    script,
    link,
    eventId: Number(eventId),
    rerun: rerun === '1',
    phase: phase === 'end' ? 'end' : 'start',
  };
};

/** What the recorders have written so far, in order. */
export const scriptRuns = async (lab: Lab): Promise<readonly ScriptRun[]> =>
  (await lab.read(records)).split('\n').filter(Boolean).map(runOf);

/** The starts alone, as text: `routable.d eth0`. */
export const started = async (lab: Lab, link?: string): Promise<readonly string[]> =>
  (await scriptRuns(lab))
    .filter(run => run.phase === 'start' && (link === undefined || run.link === link))
    .map(run => `${run.directory} ${run.link}`);

/** Forgets what was written so far. */
export const forgetRuns = (lab: Lab): Promise<string> => lab.sh(`: >${records}`);
