/**
 * The pipeline as a library: what embeds it, what extends it, and the parts that the system can be replaced at. Everything works
 * without the configuration file, without a log, and writes nothing. docs/embedding.md lists every name. What is tagged
 * `@experimental` may change in a minor version; all else is stable.
 *
 * @packageDocumentation
 */

// Embed
export { type Network, watchNetwork } from './watch.js';
export { createBroker } from './broker.js';
export { type ConfigChanges, configure } from './config/configure.js';
export { linkNamed, linkStates } from './world/links-by-name.js';
export { addressKey } from './model/address.js';
export { addressChanges } from './model/address-changes.js';
export {
  type Guard,
  isAddress,
  isExtension,
  isLease,
  isLink,
  isLinkState,
  isManagerState,
  isRoute,
  isRule,
  isSleep,
} from './model/event-guards.js';

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
export { customFault as fault, type Fault, type Report } from './model/fault.js';
export { derive } from './world/derive.js';
export { perLink } from './operators/steps/per-link.js';
export { concatMapByKey } from './operators/concat-map-by-key.js';
export { conflateMap } from './operators/conflate-map.js';
export { joinKey, joinSteps } from './world/join.js';

// System: interfaces, so that anything else can stand in for them, and what is made of them
export { rtnetlink } from './system/rtnetlink.js';
export { rtnetlinkSource } from './sources/kernel/source.js';
export { systemBus } from './system/bus/bus.js';
export { networkdSource } from './sources/networkd/source.js';
export { createFiles } from './system/files/files.js';
export { createProcesses } from './system/processes/processes.js';
export { scriptsSink } from './sinks/scripts/sink.js';
export { resolvedSink } from './sinks/dns/sink.js';
export { hostnameSink } from './sinks/hostname/sink.js';
export { seenSink } from './sinks/observed.js';

// Types that the names above speak of
export type { Address, Family } from './model/address.js';
export type { Config, Generator, LinkPatterns, LinkSettings, LogFormat, LogLevel } from './model/config.js';
export type { Contexts, Owner } from './model/contexts.js';
export type {
  AddressChange,
  AddressEvent,
  ExtensionEvent,
  LeaseAction,
  LeaseChange,
  LeaseEvent,
  LinkEvent,
  LinkStateEvent,
  ManagerStateEvent,
  NetworkEvent,
  RouteEvent,
  RuleEvent,
  SleepEvent,
} from './model/event.js';
export type { Broker, Flow, KernelSource, Sink, Source, Stage, Subscriptions } from './model/flow.js';
export type {
  ClockInput,
  ConfigInput,
  ExtensionInput,
  FaultInput,
  Input,
  KernelChange,
  KernelDumpInput,
  KernelInput,
  LeasesInput,
  LinkOverdueInput,
  ListingInput,
  NetworkdLeasesInput,
  NetworkdLinkInput,
  NetworkdManagerInput,
  NetworkdSnapshotInput,
  NetworkdUnheardInput,
  SleepInput,
  SourceInput,
  Unheard,
} from './model/input.js';
export type { Instant, Lease, LeaseOrigin } from './model/lease.js';
export type { Link } from './model/link.js';
export type {
  Applied,
  Began,
  Cost,
  Done,
  Exit,
  Outcome,
  PolicyState,
  PolicyTable,
  ScriptOutput,
  ScriptRan,
  Seen,
} from './model/outcome.js';
export type { RouteChange } from './model/route/route.js';
export type { RuleChange } from './model/route/rule.js';
export type { TableNames } from './model/route/route-text.js';
export type { SourceState } from './model/source-state.js';
export type {
  AddressState,
  AdministrativeState,
  CarrierState,
  OnlineState,
  OperationalState,
  States,
  UnknownState,
} from './model/states.js';
export type {
  BoundLease,
  KernelSlice,
  LeasesSlice,
  NetworkdSlice,
  Overdue,
  ProgressSlice,
  Since,
  Step,
  Turn,
  World,
} from './model/world.js';
export type { Behind, Lanes } from './operators/concat-map-by-key.js';
export type { Join } from './operators/joined.js';
export type { Enrich } from './sinks/scripts/enrich.js';
export type { Environment } from './sinks/scripts/environment.js';
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
  Processes,
} from './system/processes/processes.js';
export type { KernelConnection, Refusal, Rtnetlink } from './system/rtnetlink.js';
