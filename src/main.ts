import { commandLine } from './cli/command-line.js';
import type { Asked, CommandName } from './cli/command-line.js';
import type { Options } from './config/options.js';
import { oneLine } from './model/values/one-line.js';
import { commandWords } from './system/processes/command-words.js';

/** Each command is loaded only when it is asked for. Resolves to the exit status. */
const start: Readonly<Record<CommandName, (options: Options, asked: Asked) => Promise<number>>> = {
  run: async options => (await import('./daemon/run.js')).run(options),
  check: async options => (await import('./commands/check.js')).check(options),
  reload: async options => (await import('./commands/reload.js')).reload(options),
  status: async (options, asked) => (await import('./commands/status.js')).status(options, asked),
  metrics: async () => (await import('./commands/metrics.js')).metrics(),
  monitor: async (options, asked) => (await import('./commands/monitor.js')).monitor(options, asked),
  explain: async (options, asked) =>
    asked.words.length === 1
      ? (await import('./commands/explain-fault.js')).explainFault(asked)
      : (await import('./commands/explain.js')).explain(options, asked),
  'run-scripts': async (options, asked) => (await import('./commands/run-scripts.js')).runScripts(options, asked),
  flush: async () => (await import('./commands/flush.js')).flush(),
  migrate: async () => (await import('./commands/migrate.js')).migrate(),
  polkit: async (options, asked) => (await import('./commands/polkit.js')).polkit(options, asked),
  record: async (options, asked) => (await import('./commands/record.js')).record(options, asked),
  replay: async (options, asked) => (await import('./commands/replay.js')).replay(options, asked),
  diagram: async (options, asked) => (await import('./commands/diagram.js')).diagram(options, asked),
  view: async (options, asked) => (await import('./commands/view.js')).view(options, asked),
};

const main = async (): Promise<number> => {
  const asked = commandLine(commandWords(), process.env);
  if ('text' in asked) {
    process.stdout.write(asked.text);
    return 0;
  }
  if ('wrong' in asked) {
    process.stderr.write(`network-broker: ${oneLine(asked.wrong)}\nTry: network-broker --help\n`);
    return 2;
  }
  return start[asked.command](asked.options, asked.asked);
};

// Not process.exitCode: a script that was cut short may still hold the process. What was written may still be on its way.
void main().then(status => process.stdout.write('', () => process.exit(status)));
