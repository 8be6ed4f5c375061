/**
 * The pipeline as a library: what embeds it, what extends it, and the parts that the system can be replaced at. Everything works
 * without the configuration file, without a log, and writes nothing. docs/embedding.md lists every name. What is tagged
 * `@experimental` may change in a minor version; all else is stable.
 *
 * @packageDocumentation
 */

// Read, shape: what needs no system
export * from './pure.js';

// Embed
export { type Network, watchNetwork } from './watch.js';
export { createBroker } from './broker.js';

// Extend
export {
  defineExtension,
  type Extension,
  type ExtensionSink,
  type ExtensionSource,
  type Said,
} from './extensions/extension.js';
export { type Wired, wireExtensions } from './extensions/wire.js';
export type { ExtensionKit, ExtensionModule } from './extensions/kit.js';

// System: interfaces, so that anything else can stand in for them, and what is made of them
export { rtnetlink } from './system/rtnetlink.js';
export { rtnetlinkSource } from './sources/kernel/source.js';
export { systemBus } from './system/bus/bus.js';
export { networkdSource } from './sources/networkd/source.js';
export { createFiles } from './system/files/files.js';
export { createProcesses } from './system/processes/anywhere.js';
export { scriptsSink } from './sinks/scripts/sink.js';
export { resolvedSink } from './sinks/dns/sink.js';
export { hostnameSink } from './sinks/hostname/sink.js';
export { seenSink } from './sinks/observed.js';

// Types that the names above speak of
export type { Contexts, Owner } from './model/contexts.js';
export type { Broker, Flow, KernelSource, Sink, Source, Stage, Subscriptions } from './model/flow.js';
export type { Enrich } from './sinks/scripts/enrich.js';
export type { Environment } from './sinks/scripts/environment.js';
export type { AddressJson, LinkJson, LinkStatisticsJson, RouteJson } from './sinks/link-json/link-json.js';
export type { LinkFacts } from './sinks/scripts/run-event.js';
export type { Facts } from './sinks/scripts/styles/style.js';
export type { ScriptsOptions } from './sinks/scripts/sink.js';
export type { Bus, BusConnection } from './system/bus/bus.js';
export type { Call, Signal } from './system/bus/bus-types.js';
export type { Entry, Files, Listing } from './system/files/files.js';
export type { Place, Walk } from './system/files/walk.js';
export type { Group, Groups } from './system/processes/cgroups.js';
export type {
  ProcessEnded,
  ProcessEvent,
  ProcessExited,
  ProcessFailed,
  ProcessOutput,
  ProcessSpec,
  ProcessStarted,
  RunAs,
  Processes,
} from './system/processes/processes.js';
export type { KernelConnection, Refusal, Rtnetlink } from './system/rtnetlink.js';
