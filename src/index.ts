/**
 * The pipeline as a library: what the daemon is made of, part by part. Everything works without the configuration file,
 * without a log, and writes nothing. See docs/embedding.md.
 *
 * @packageDocumentation
 */

// The flow
export { type Broker, createBroker } from './broker.js';
export { type Network, watchNetwork } from './watch.js';
export { advance, begin, emptyWorld } from './world/advance.js';
export { interests } from './world/interests.js';
export { joinKey, joinSteps } from './world/join.js';
export { findLink } from './world/links.js';
export { linkNamed, linkStates } from './world/links-by-name.js';

// Configuration
export { type ConfigChanges, configure } from './config/configure.js';
export { parseConfig, type Parsed as ParsedConfig } from './config/parse.js';
export type { ConfigText } from './config/assignments.js';

// What travels
export type { Address, Family } from './model/address.js';
export { addressKey } from './model/address.js';
export type { Config, Generator, LinkPatterns, LogFormat, LogLevel } from './model/config.js';
export type {
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
export { isAddress, isExtension, isLease, isLink, isLinkState, isManagerState, isRoute } from './model/event-guards.js';
export { fault, type Fault, type Report } from './model/fault.js';
export type { Flow, Interests, KernelSource, Sink, Source, Stage } from './model/flow.js';
export type { Input, KernelChange } from './model/input.js';
export type { Instant, Lease, LeaseOrigin } from './model/lease.js';
export type { Link, States } from './model/link.js';
export type { LinkJson } from './model/link-json.js';
export type { Began, Done, Exit, Outcome, ScriptOutput, ScriptRan, Seen } from './model/outcome.js';
export type { RouteChange } from './model/route.js';
export type { BoundLease, SourceState, Step, Turn, World } from './model/world.js';

// Sources
export { networkdSource } from './sources/networkd.js';
export { rtnetlinkSource } from './sources/rtnetlink.js';

// Operators
export { forLinks } from './operators/for-links.js';
export { gatherRoutes } from './operators/gather-routes.js';
export { guarded } from './operators/guarded.js';
export { inLanes, type Joining, type Lanes } from './operators/in-lanes.js';
export { keepAlive } from './operators/keep-alive.js';
export { newestMap } from './operators/newest-map.js';
export { settle } from './operators/settle.js';
export { createSlots, type WithSlot } from './operators/with-slot.js';
export { type TimedProcessEvent, withTimeLimit } from './operators/with-time-limit.js';

// Planners
export { choosesLink } from './planners/link-patterns.js';
export { type Directories, directoriesOf, standardDirectories } from './planners/script-directories.js';
export { type Environment, environmentOf, type Environments } from './planners/script-environment.js';
export { distrust } from './planners/script-trust.js';
export { scriptsIn, type Scripts } from './planners/scripts.js';

// Sinks
export { scriptsSink, type ScriptsOptions } from './sinks/scripts.js';
export { seenSink } from './sinks/seen.js';

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
} from './system/bus.js';
export { createFiles, type Entry, type Files, type Listing, type Place, type Walk } from './system/files.js';
export { createProcesses, type Processes, type ProcessEvent, type ProcessSpec } from './system/processes.js';
export { type KernelConnection, rtnetlink, type Rtnetlink } from './system/rtnetlink.js';
