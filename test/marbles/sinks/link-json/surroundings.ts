import type { Address, Link, Route } from '@network-stack/netlink';
import { asyncScheduler, defer, NEVER, type Observable, of, throwError } from 'rxjs';
import type { LinkJson } from '../../../../src/sinks/link-json/link-json.js';
import type { Step, World } from '../../../../src/model/world.js';
import type { Environment } from '../../../../src/sinks/scripts/environment.js';
import { withLinkJson } from '../../../../src/sinks/link-json/with-link-json.js';
import type { Rtnetlink } from '../../../../src/system/rtnetlink.js';
import { config, link, linkState, step, type Slices, world } from '../../../../src/testing/builders.js';
import { type Answer, fakeBus, fakeConnection } from '../../../../src/fakes/fake-bus.js';
import { fakeFiles } from '../../../../src/fakes/fake-files.js';
import { fakeScriptFiles } from '../../../support/fake-script-files.js';

export const eth0 = link(2, 'eth0');
export const kernelLink: Link = {
  kind: 'link',
  family: 0,
  ifindex: 2,
  name: 'eth0',
  alternativeNames: [],
  hardwareType: 1,
  flags: 0x11043,
  change: 0,
  mtu: 1500,
  operState: 6,
};
export const address = (text: string): Address => ({
  kind: 'address',
  family: 2,
  ifindex: 2,
  address: text,
  prefixLength: 24,
  scope: 0,
  flags: 0,
});
export const route = (destination: string): Route => ({
  kind: 'route',
  family: 2,
  destination,
  table: 254,
  protocol: 3,
  scope: 0,
  type: 1,
  flags: 0,
  tos: 0,
});

class NoDevice extends Error {
  readonly errno = 19;
}
export const gone = (): Observable<never> => throwError(() => new NoDevice('no such device'));
export const broken = (): Observable<never> => throwError(() => new Error('broken'));

interface Surroundings {
  readonly link?: () => Observable<Link>;
  readonly addresses?: () => Observable<readonly Address[]>;
  readonly routes?: () => Observable<readonly Route[]>;
  readonly answer?: Answer;
  /** files by path, at the time when they are read */
  readonly texts?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  readonly unwritable?: string;
}

export const described = JSON.stringify({
  Type: 'ether',
  NetworkFile: '/described',
  DNS: [{ Address: [192, 0, 2, 53] }],
});
export const serving: World['progress']['sources'] = new Map([['systemd-networkd', { is: 'serving', why: '' }]]);
export const served = (rest: Slices = {}, settings = config()): World =>
  world([eth0], settings, { ...rest, progress: { sources: serving, ...rest.progress } });
export const routable = (inWorld: World = served(), id = 7): Step =>
  step(id, linkState(eth0, { OperationalState: 'routable' }), inWorld);

export const enrichment = ({
  link: linkOf = () => of(kernelLink),
  addresses = () => of([address('192.0.2.5')]),
  routes = () => of([route('10.0.0.0/8')]),
  answer = () => [described],
  texts = {},
  unwritable,
}: Surroundings = {}) => {
  const asked: string[] = [];
  const note = <T>(what: string, answer$: () => Observable<T>): Observable<T> =>
    defer(() => {
      asked.push(what);
      return answer$();
    });
  const rtnetlink: Rtnetlink = {
    connect: () => NEVER,
    links: () => NEVER,
    rules: () => NEVER,
    apply: () => NEVER,
    link: ifindex => note(`link ${ifindex}`, linkOf),
    addresses: ifindex => note(`addresses ${ifindex ?? 'all'}`, addresses),
    routes: filter => note(`routes ${JSON.stringify(filter)}`, routes),
  };
  const connection = fakeConnection(NEVER, call => {
    asked.push(`${call.member} ${call.path}${call.autoStart === true ? ' and start it' : ''}`);
    return answer(call);
  });
  const scriptFiles = fakeScriptFiles(unwritable);
  const faults: string[] = [];
  const files = fakeFiles(() => ({ texts: typeof texts === 'function' ? texts() : texts }));
  const enrich = withLinkJson({ rtnetlink, bus: fakeBus(of(connection)), files }, scriptFiles);
  const result = (of_: Step): Observable<Environment> =>
    enrich(of_, ({ code, message }) => faults.push(`${asyncScheduler.now()} ${code}: ${message}`));
  return { result, asked, faults, scriptFiles };
};
export const unexpected = (error: unknown): never => {
  throw error;
};
export const jsonOf = (variables: Environment | undefined): LinkJson => JSON.parse(variables?.JSON ?? '') as LinkJson;

/** The variables that one event gets at once. */
export const given = (surroundings: Surroundings = {}, of_ = routable()) => {
  const made = enrichment(surroundings);
  const found: Environment[] = [];
  made.result(of_).subscribe({ next: variables => found.push(variables), error: unexpected });
  return { ...made, variables: found[0], found };
};
