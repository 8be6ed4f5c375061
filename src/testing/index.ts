/**
 * For tests of what extends the pipeline: marble diagrams in virtual time, values to write in them, and stand-ins for
 * each system interface. Nothing here touches the system, and it suits any test runner. See docs/writing-an-operator.md. What is
 * tagged `@experimental` may change in a minor version; all else is stable.
 *
 * @packageDocumentation
 */
export { marbles } from './marbles.js';

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
export { config, link, managerState, type Slices, world } from './builders.js';
export { outcomeWords } from '../text/outcome-words.js';
export { kit as extensionKit } from '../extensions/kit.js';

// Stand-ins for the system
export { willingBus } from '../fakes/fake-bus.js';
export { fakeFiles, type FakeTree } from '../fakes/fake-files.js';
export { fakeKernel, type FakeKernel } from './fake-kernel.js';
export { fakeNetworkd, type FakeNetworkd } from './fake-networkd.js';
export { fakeProcesses, type FakeProcesses, type FakeProgram } from '../fakes/fake-processes.js';

// Days of the whole daemon
export type { Expectation, SimulatedDays, SimulatedFailure, SimulateOptions } from '../simulation/simulate-days.js';
export { simulate } from './simulate.js';
