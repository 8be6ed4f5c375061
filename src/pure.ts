/** The part of the public API that needs neither the system nor its addons: `index` and `core` export it alike. */

// Read
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

// Shape
export { customFault as fault, type Fault, type Report } from './model/fault.js';
export { derive } from './world/derive.js';
export { perLink } from './operators/steps/per-link.js';
export { concatMapByKey } from './operators/concat-map-by-key.js';
export { conflateMap } from './operators/conflate-map.js';
export { joinKey, joinSteps } from './world/join.js';

export type { Address, Family } from './model/address.js';
export type {
  Config,
  Generator,
  LinkPatterns,
  LinkSettings,
  ListenPlace,
  LogFormat,
  LogLevel,
  StartRule,
  Tree,
  TreeDirectory,
} from './model/config.js';
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
  Since,
  SleepEvent,
} from './model/event.js';
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
  ScriptStarted,
  Seen,
  TargetState,
  UnitJobEnded,
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
  LeaseNews,
  LeasesSlice,
  NetworkdSlice,
  Overdue,
  ProgressSlice,
  Step,
  Turn,
  World,
} from './model/world.js';
export type { Behind, Lanes } from './operators/concat-map-by-key.js';
export type { Join } from './operators/joined.js';
