/**
 * For tests of what extends the pipeline: marble diagrams in virtual time, values to write in them, and stand-ins for
 * each system interface. Nothing here touches the system, and it suits any test runner. See docs/writing-an-operator.md.
 *
 * @packageDocumentation
 */
export { marbles } from './marbles.js';
export { showDifference, type Values } from './show-difference.js';

// Values for diagrams
export {
  address,
  lease,
  type LeaseWords,
  linkNews,
  type LinkOrName,
  linkState,
  routes,
  said,
  theLink,
} from './events.js';
export { steps } from './steps.js';
export { outcomeWords } from '../text/outcome-words.js';
export { config, link, managerState, type Slices, step, world } from './builders.js';

// Stand-ins for the system
export {
  type Answer,
  fakeBus,
  fakeConnection,
  type NetworkdHolds,
  linkPath,
  networkdAnswers,
  ownerChanged,
  propertiesChanged,
  willingBus,
} from '../fakes/fake-bus.js';
export { fakeClock } from './fake-clock.js';
export { fakeFiles, type FakeTree, linkTo, listing, place, script } from '../fakes/fake-files.js';
export { fakeKernel, type FakeKernel } from './fake-kernel.js';
export { fakeNetworkd, type FakeNetworkd } from './fake-networkd.js';
export { fakeProcesses, type FakeProcesses, type FakeProgram } from '../fakes/fake-processes.js';
export { fakeScriptFiles, type FakeScriptFiles } from './fake-script-files.js';
