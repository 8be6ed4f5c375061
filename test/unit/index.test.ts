import { expect, test } from '@jest/globals';
import * as broker from 'network-event-broker';
import * as testing from 'network-event-broker/testing';

const names = (module: object): readonly string[] => Object.keys(module).sort();

test('the public names are these: one that goes or changes breaks our users', () => {
  expect(names(broker)).toEqual(
    `
    BusError addressKey advance begin choosesLink configure createBroker createFiles createProcesses createSlots
    defineExtension directoriesOf distrust emptyWorld environmentOf extensionKit fault findLink forLinks gatherRoutes guarded inLanes interests
    isAddress isExtension isLease isLink isLinkState isManagerState isRoute joinKey joinSteps keepAlive linkNamed
    linkStates networkdSource newestMap parseConfig rtnetlink rtnetlinkSource scriptsIn scriptsSink seenSink settle
    standardDirectories systemBus watchNetwork wireExtensions withTimeLimit`
      .trim()
      .split(/\s+/),
  );
});

test('the public names for tests are these', () => {
  expect(names(testing)).toEqual(
    `
    address config fakeBus fakeConnection fakeFiles fakeProcesses lease link linkNews linkPath linkState linkTo listing
    managerState marbles networkdAnswers ownerChanged place propertiesChanged routes said script showDifference step
    steps theLink world`
      .trim()
      .split(/\s+/),
  );
});
