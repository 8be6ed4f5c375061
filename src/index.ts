/**
 * The pipeline as a library: what the daemon is made of, part by part. Everything works without the configuration file,
 * without a log, and writes nothing. See docs/embedding.md.
 *
 * @packageDocumentation
 */

// The flow
export { createBroker } from './broker.js';
export { type Network, watchNetwork } from './watch.js';
export { act, worldOf } from './world/acted-on.js';
export { advance, begin, emptyWorld } from './world/advance.js';
export { subscriptions } from './world/subscriptions.js';
export { derive } from './world/derive.js';
export { joinKey, joinSteps } from './world/join.js';
export { findLink } from './world/links.js';
export { linkNamed, linkStates } from './world/links-by-name.js';

// Configuration
export { type ConfigChanges, configure } from './config/configure.js';
export { parseConfig, type Parsed as ParsedConfig } from './config/parse.js';
export type { ConfigText } from './config/assignments.js';

// What travels
export { type Acted, nothingActed } from './model/checkpoint.js';
export type { Address, Family } from './model/address.js';
export { addressKey } from './model/address.js';
export { addressChanges } from './model/address-changes.js';
export type { Config, Generator, LinkPatterns, LogFormat, LogLevel } from './model/config.js';
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
} from './model/event.js';
export {
  type Guard,
  isAddress,
  isExtension,
  isLease,
  isLink,
  isLinkState,
  isManagerState,
  isRoute,
} from './model/event-guards.js';
export { customFault as fault, type Fault, type Report } from './model/fault.js';
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
  SourceInput,
  Unheard,
} from './model/input.js';
export type { Instant, Lease, LeaseOrigin } from './model/lease.js';
export type { Link } from './model/link.js';
export type {
  AddressState,
  AdministrativeState,
  CarrierState,
  OnlineState,
  OperationalState,
  States,
  UnknownState,
} from './model/states.js';
export type { AddressJson, LinkJson, LinkStatisticsJson, RouteJson } from './sinks/link-json/link-json.js';
export type {
  Applied,
  Began,
  Done,
  Exit,
  Outcome,
  PolicyState,
  PolicyTable,
  ScriptOutput,
  ScriptRan,
  Seen,
} from './model/outcome.js';
export type { RouteChange } from './model/route.js';
export type {
  BoundLease,
  KernelSlice,
  LeasesSlice,
  NetworkdSlice,
  Overdue,
  ProgressSlice,
  Step,
  Turn,
  World,
} from './model/world.js';
export type { SourceState } from './model/source-state.js';

// Sources
export { askNetworkdLeases } from './sources/networkd/ask-leases.js';
export { readNetworkdStates } from './sources/networkd/read-states.js';
export { dhclientSource, type DhclientSurroundings } from './sources/dhclient/source.js';
export { networkdSource } from './sources/networkd/source.js';
export { rtnetlinkSource } from './sources/kernel/source.js';
export { scriptListingsSource, type ScriptListings } from './sinks/scripts/listings-source.js';
export { wakeUps } from './sources/logind/wake-ups.js';

// Operators
export { flatten } from './operators/flatten.js';
export { forLinks } from './operators/steps/for-links.js';
export { gatherRoutes } from './operators/steps/gather-routes.js';
export { guarded } from './operators/steps/guarded.js';
export { concatMapByKey, type Joining, type Lanes } from './operators/concat-map-by-key.js';
export { coalesce } from './operators/coalesce.js';
export { keepAlive } from './operators/keep-alive.js';
export { leaseClock } from './sources/clock/lease-clock.js';
export { nameOwner } from './operators/name-owner.js';
export { type AskLeases, type LeaseQuestion, networkdLeases } from './sources/networkd/lease-queries.js';
export { conflateRepeat, type Repeatable } from './operators/conflate-repeat.js';
export { networkdUnheard, type ReadWritten } from './sources/networkd/unheard-queries.js';
export { conflateMap } from './operators/conflate-map.js';
export { trampoline } from './operators/trampoline.js';
export { linkNameTimeout } from './operators/link-name-timeout.js';
export { perLink } from './operators/steps/per-link.js';
export { persist } from './daemon/state/persist.js';
export { debounceLinkState } from './operators/steps/debounce-link-state.js';
export { debounceByValue } from './operators/debounce-by-value.js';
export { createSlots, type WithSlot } from './operators/with-slot.js';
export { type TimedProcessEvent, withTimeLimit } from './sinks/scripts/with-time-limit.js';

// Planners
export { type DnsAction, dnsActions, type LinkDns, wantedDns } from './sinks/dns/desired.js';
export { wantedHostname } from './sinks/hostname/desired.js';
export { choosesLink } from './world/link-patterns.js';
export { type Actual as ActualPolicy, diffPolicy, type PolicyDiff, type RuleOrRoute } from './sinks/policy/diff.js';
export { planPolicy } from './sinks/policy/desired.js';
export { type Policy } from './sinks/policy/rules-and-routes.js';
export type { NameOf } from './sinks/policy/text.js';
export { type Directories, directoriesOf, standardDirectories } from './sinks/scripts/directories.js';
export { type Environment, environmentOf, type Environments } from './sinks/scripts/environment.js';
export { distrust } from './config/trust.js';
export { scriptsIn, type Scripts } from './sinks/scripts/judge.js';

// Sinks
export { type Enrich, enrichAll } from './sinks/scripts/enrich.js';
export { hostnameSink } from './sinks/hostname/sink.js';
export { withLinkJson } from './sinks/link-json/with-link-json.js';
export { type Informants } from './sinks/link-json/gather.js';
export { policyRulesSink, type PolicyRulesOptions } from './sinks/policy/sink.js';
export { resolvedSink } from './sinks/dns/sink.js';
export { withAddresses, withRoutes } from './sinks/scripts/with-changes.js';
export { scriptsSink, type ScriptsOptions } from './sinks/scripts/sink.js';
export { seenSink } from './sinks/observed.js';

// Extensions
export {
  defineExtension,
  type Extension,
  type ExtensionSink,
  type ExtensionSource,
  type Said,
} from './extensions/extension.js';
export { type ExtensionKit, type ExtensionModule, kit as extensionKit } from './extensions/kit.js';
export { wireExtensions, type Wired } from './extensions/wire.js';

// The system, real: each is an interface, so that anything else can stand in for it
export {
  type Bus,
  type BusConnection,
  BusError,
  type BusErrorCode,
  type Call,
  type Signal,
  systemBus,
} from './system/bus/bus.js';
export { type Clock, systemClock } from './system/clock.js';
export { createFiles, type Entry, type Files, type Listing, type Place, type Walk } from './system/files/files.js';
export { netnsLock, type NetnsLock } from './system/netns-lock.js';
export {
  createProcesses,
  type Processes,
  type ProcessEvent,
  type ProcessExited,
  type ProcessFailed,
  type ProcessOutput,
  type ProcessSpec,
  type ProcessStarted,
} from './system/processes/processes.js';
export { type KernelConnection, type Refusal, rtnetlink, type Rtnetlink } from './system/rtnetlink.js';
export { createScriptFiles, type ScriptFiles } from './system/files/script-files.js';
export { type DirectoryWatch, directoryWatch } from './system/files/watch-directory.js';
export { createWatch, type Watch } from './system/files/watch-files.js';

// Types that the names above speak of
export type { Contexts, Owner } from './model/contexts.js';
export type { Cost } from './model/outcome.js';
export type { Behind } from './operators/concat-map-by-key.js';
export type { Join } from './operators/joined.js';
export type { Taken } from './sinks/policy/rules-and-routes.js';
export type { Action, Conflict, Failure, Ours, Plan, Refused } from './sinks/reconcile/target.js';
export type { Claim } from './system/netns-lock.js';
export type { Group, Groups } from './system/processes/cgroups.js';
export type { ProcessEnded } from './system/processes/processes.js';
