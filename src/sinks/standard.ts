import type { Observable, SchedulerLike } from 'rxjs';
import type { Sink } from '../model/flow.js';
import type { Bus } from '../system/bus/bus.js';
import type { Files } from '../system/files/files.js';
import type { NetnsLock } from '../system/netns-lock.js';
import type { Processes } from '../system/processes/processes.js';
import type { Rtnetlink } from '../system/rtnetlink.js';
import type { LinkFiles } from '../system/files/link-files.js';
import type { ScriptFiles } from '../system/files/script-files.js';
import { type Enrich, enrichAll } from './scripts/enrich.js';
import { hostnameSink } from './hostname/sink.js';
import type { Informants } from './link-json/gather.js';
import { linkFacts } from './link-json/ask-link.js';
import { withLinkJson } from './link-json/with-link-json.js';
import { policyRulesSink } from './policy/sink.js';
import { resolvedSink } from './dns/sink.js';
import { withChanges } from './scripts/with-changes.js';
import { scriptsSink } from './scripts/sink.js';
import { createStarts } from './units/run-starts.js';
import { unitsSink } from './units/sink.js';
import { seenSink } from './observed.js';

/** The parts of the system that sinks use. */
export interface System {
  readonly files: Files;
  readonly processes: Processes;
  readonly rtnetlink: Rtnetlink;
  readonly lock: NetnsLock;
  readonly bus: Bus;
  readonly scriptFiles: ScriptFiles;
  readonly linkFiles: LinkFiles;
}

export interface StandardSinksOptions extends System {
  /** the directory of carrier.d, routable.d …: an absolute path */
  readonly scriptDir: string;
  /** delays sleep while subscribed */
  readonly inhibit$?: Observable<never>;
  readonly scheduler?: SchedulerLike | undefined;
  /** for what must run next, before anything else happens */
  readonly asapScheduler?: SchedulerLike | undefined;
}

/** All variables that the standard scripts get besides those of the event itself. */
export const standardVariables = (informants: Informants, scriptFiles: ScriptFiles): Enrich =>
  enrichAll([withLinkJson(informants, scriptFiles), withChanges(scriptFiles)]);

/** All effects of the daemon, in order: the network is configured before scripts run, and nothing waits for the log. */
export const standardSinks = (options: StandardSinksOptions): readonly Sink[] => {
  const { bus, scriptFiles, scheduler } = options;
  return [
    policyRulesSink(options),
    resolvedSink(bus, scheduler),
    hostnameSink(bus, scheduler),
    unitsSink(options),
    scriptsSink({
      ...options,
      enrich: standardVariables(options, scriptFiles),
      facts: linkFacts(options),
      after: createStarts(bus, scheduler, options.asapScheduler),
    }),
    seenSink,
  ];
};
