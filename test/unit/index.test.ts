import { expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import * as broker from 'network-event-broker';
import * as testing from 'network-event-broker/testing';

const names = (module: object): readonly string[] => Object.keys(module).sort();

test('the public names are these: one that goes or changes breaks our users', () => {
  expect(names(broker)).toEqual(
    `
    BusError act addressChanges addressKey advance askNetworkdLeases begin choosesLink coalesce concatMapByKey configure
    conflateMap conflateRepeat createBroker createFiles createProcesses createScriptFiles createSlots createWatch
    debounceByValue debounceLinkState defineExtension dhclientSource diffPolicy directoriesOf directoryWatch distrust
    dnsActions emptyWorld enrichAll environmentOf extensionKit fault findLink flatten forLinks gatherRoutes guarded
    hostnameSink isAddress isExtension isLease isLink isLinkState isManagerState isRoute joinKey joinSteps
    keepAlive leaseClock linkNameTimeout linkNamed linkStates nameOwner netnsLock networkdLeases networkdSource
    networkdUnheard nothingActed parseConfig perLink persist planPolicy policyRulesSink readNetworkdStates resolvedSink
    rtnetlink rtnetlinkSource scriptListingsSource scriptsIn scriptsSink seenSink standardDirectories subscriptions systemBus
    systemClock trampoline wakeUps wantedDns wantedHostname watchNetwork wireExtensions withAddresses withLinkJson
    withRoutes withTimeLimit worldOf`
      .trim()
      .split(/\s+/),
  );
});

test('the public names for tests are these', () => {
  expect(names(testing)).toEqual(
    `
    address config fakeBus fakeClock fakeConnection fakeFiles fakeKernel fakeNetworkd fakeProcesses fakeScriptFiles lease link
    linkNews linkPath linkState linkTo listing managerState marbles networkdAnswers outcomeWords ownerChanged place propertiesChanged routes said script showDifference step
    steps theLink willingBus world`
      .trim()
      .split(/\s+/),
  );
});

test.each(['sources', 'operators', 'sinks'])('every one of the %s can be had on its own', async directory => {
  const pieces = new Set([
    'addTo',
    'after',
    'allOf',
    'createBacklog',
    'oneByOne',
    'backoff',
    'feedback',
    'reporting',
    'untilEndOf',
  ]);
  const files = readdirSync(new URL(`../../src/${directory}`, import.meta.url), {
    encoding: 'utf8',
    recursive: true,
  }).filter(file => file.endsWith('.ts'));
  const modules = await Promise.all(
    files.map(async file => (await import(`../../src/${directory}/${file}`)) as Readonly<Record<string, unknown>>),
  );
  const whole = (name: string): boolean => directory === 'operators' || /(Source|Sink)$/.test(name);
  const made = modules.flatMap(module => Object.keys(module)).filter(name => whole(name) && !pieces.has(name));
  expect(made.filter(name => !names(broker).includes(name))).toEqual([]);
  expect(made.length).toBeGreaterThan(2);
});
