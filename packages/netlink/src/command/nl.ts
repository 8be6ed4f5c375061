/** The command `nl`: what netlink says, for people and as JSON. */
import { readFileSync } from 'node:fs';
import { decodeDatagram, type AnswerMessage, type Message } from '../codec/message.js';
import { decodeFurther, type FurtherMessage } from '../further.js';
import * as netlink from '../index.js';
import { datagramsOf } from './pcap.js';
import { explained, line, toJson } from './words.js';

const USAGE = `usage: nl [--json] [--details] [--netns NAME] COMMAND
  link | address | route | rule | neigh | fdb | nexthop | netconf     lists them
  route get ADDRESS [from ADDRESS] [iif|oif LINK] [mark|uid|tos|sport|dport|ipproto N] [fibmatch]
  ethtool LINK                                                        speed, duplex, cable
  wireless                                                            wireless links, and their networks
  monitor [GROUP…]                                                    what changes, until Ctrl-C
  decode < FILE                                                       a capture of an nlmon link (pcap)
`;

/** What is wrong with the words of the command. */
class Usage extends Error {}

interface Context {
  readonly json: boolean;
  readonly details: boolean;
  readonly options: netlink.RequestOptions;
}

const isGroup = (name: string): name is netlink.Group => name in netlink.GROUPS;
const GROUPS = Object.keys(netlink.GROUPS).filter(isGroup);
const NETLINK_ROUTE = 0;

type Listed = netlink.NetlinkObject | netlink.FurtherObject;
const LISTS: Readonly<Record<string, (options: netlink.RequestOptions) => Promise<readonly Listed[]>>> = {
  link: netlink.listLinks,
  address: netlink.listAddresses,
  route: netlink.listRoutes,
  rule: netlink.listRules,
  neigh: netlink.listNeighbours,
  fdb: netlink.listFdb,
  nexthop: netlink.listNexthops,
  netconf: netlink.listNetconf,
};

/** Calls with the words of the command; gives the exit status: 1 the kernel refused, 2 the words are wrong. */
export async function main(words: readonly string[]): Promise<number> {
  try {
    await run(words);
    return 0;
  } catch (error) {
    if (error instanceof Usage) process.stderr.write(`${error.message}${error.message === '' ? '' : '\n'}${USAGE}`);
    else process.stderr.write(`nl: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof Usage ? 2 : 1;
  }
}

async function run(all: readonly string[]): Promise<void> {
  const words = [...all];
  const take = (name: string): boolean => words.includes(name) && words.splice(words.indexOf(name), 1).length > 0;
  const [json, details] = [take('--json'), take('--details')];
  const at = words.indexOf('--netns');
  const [, netns] = at < 0 ? [] : words.splice(at, 2);
  if (at >= 0 && netns === undefined) throw new Usage('--netns: expected the name of a network namespace');
  const context = { json, details, options: netns === undefined ? {} : { netns } };
  const [command = '', ...rest] = words;
  const list = LISTS[command];
  if (command === 'route' && rest[0] === 'get') show([await routeOf(rest.slice(1), context.options)], context);
  else if (command === 'ethtool' && rest.length === 1)
    tell(await netlink.getEthtool(rest[0] ?? '', context.options), context);
  else if (command === 'wireless' && rest.length === 0)
    for (const link of await netlink.listWireless(context.options)) tell(link, context);
  else if (command === 'monitor') await monitor(rest, context);
  else if (command === 'decode' && rest.length === 0) decode(readFileSync(0), context);
  else if (list !== undefined && rest.length === 0) show(await list(context.options), context);
  else throw new Usage(command === '' ? '' : `nl: ${words.join(' ')}: no such command`);
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const tell = (object: object, { json }: Context): void =>
  print(
    json
      ? toJson([object])
      : Object.entries(object)
          .flatMap(([name, value]) =>
            value === undefined ? [] : `${name}=${typeof value === 'string' ? value : toJson(value)}`,
          )
          .join(' '),
  );

function show(objects: readonly Listed[], { json, details }: Context): void {
  if (json) print(toJson(objects.map(explained)));
  else for (const object of objects) print(line(object, details));
}

/** As `ip route get` takes them. */
async function routeOf(words: readonly string[], options: netlink.RequestOptions): Promise<netlink.Route> {
  const [address = '', ...rest] = words;
  let query: netlink.RouteQuery = {};
  for (let at = 0; at < rest.length; at += 2) {
    const [name = '', value = ''] = rest.slice(at, at + 2);
    const number = Number(value);
    if (name === 'fibmatch') {
      query = { ...query, fibMatch: true };
      at--; // it has no value
    } else if (name === 'from') query = { ...query, from: value };
    else if (name === 'iif' || name === 'oif')
      query = { ...query, [name]: (await netlink.getLink(value, options)).ifindex };
    else if (!(name in NUMBERS) || value === '' || !Number.isInteger(number))
      throw new Usage(`nl: route get: ${name} ${value}`);
    else query = { ...query, [NUMBERS[name] ?? name]: number };
  }
  return netlink.getRoute(address, { ...options, ...query });
}
const NUMBERS: Readonly<Record<string, string>> = {
  ...{ mark: 'mark', uid: 'uid', tos: 'tos', sport: 'sourcePort', dport: 'destinationPort', ipproto: 'ipProtocol' },
};

type Said = Message | FurtherMessage | netlink.Overrun | AnswerMessage;

function say(message: Said, { json, details }: Context): void {
  if (json && 'object' in message) print(toJson({ ...message, object: explained(message.object) }));
  else if (json) print(toJson(message));
  else if ('object' in message) print(`${message.kind} ${line(message.object, details)}`);
  else if (message.kind === 'answer')
    print(`answer errno=${message.answer.errno} ${message.answer.reason ?? ''}`.trimEnd());
  else if (message.kind === 'malformed') print(`malformed type=${message.type} ${message.reason}`);
  else if (message.kind === 'unknown')
    print(`unknown type=${message.type} ${Buffer.from(message.bytes).toString('hex')}`);
  else print('overrun: messages were lost');
}

/** A message a line, also as JSON: an array would never end. */
async function monitor(groups: readonly string[], context: Context): Promise<void> {
  const wrong = groups.find(name => !isGroup(name));
  if (wrong !== undefined) throw new Usage(`nl: ${wrong}: expected a group: ${GROUPS.join(', ')}`);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort());
  const wanted = groups.length === 0 ? GROUPS : groups.filter(isGroup);
  for await (const message of netlink.watch({ ...context.options, groups: wanted, signal: stop.signal }))
    say(message, context);
}

function decode(file: Uint8Array, context: Context): void {
  for (const { protocol, bytes } of datagramsOf(file)) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (protocol !== NETLINK_ROUTE)
      print(
        context.json
          ? toJson({ kind: 'other', protocol, bytes })
          : `other protocol=${protocol} ${Buffer.from(bytes).toString('hex')}`,
      );
    else
      decodeDatagram(view, 0, bytes.length, message =>
        say(message.kind === 'answer' ? message : decodeFurther(message), context),
      );
  }
}
