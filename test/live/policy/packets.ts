import type { Lab } from '../lab/lab.js';
import { eth0 } from './two-ways.js';

/** What a client has of an address: how many of three pings were answered, and whether what it sent by TCP came back. */
export interface Reached {
  readonly pings: number;
  readonly tcp: boolean;
}

const port = 7;
const server = `require('node:net').createServer(one => one.pipe(one)).listen(${port})`;
const connect = `
  const socket = require('node:net').connect(${port}, process.argv[1], () => socket.end('hello'));
  socket.setTimeout(1500, () => process.exit()).on('error', () => process.exit()).pipe(process.stdout);`;

/** Sends back what it gets by TCP at any address. */
export const startEcho = async (lab: Lab, netns?: string): Promise<void> => {
  const where = netns === undefined ? {} : { netns };
  await lab.start('echo', [process.execPath, '-e', server], where);
  await lab.until('the TCP server to listen', async () =>
    (await lab.sh('cat /proc/net/tcp6', where)).includes(':0007 '),
  );
};

/** Three pings and a TCP connection from another network namespace. */
export const reach = async (lab: Lab, address: string, netns = 'client'): Promise<Reached> => {
  const said = await lab.sh(`ping -n -c 3 -i 0.2 -W 1 ${address} || true`, { netns });
  const came = await lab.sh(`${process.execPath} -e "$0" ${address}`.replace('$0', connect.replaceAll(/\s+/g, ' ')), {
    netns,
  });
  return { pings: Number(/(\d+) received/.exec(said)?.[1]), tcp: came === 'hello' };
};

export interface Captured extends Reached {
  /** links of the host by which something left that came from the address: `ping by eth1`, sorted */
  readonly left: readonly string[];
}

const packet = /^\S+ (\S+)\s+Out IP6? (\S+) > \S+: (ICMP\S* echo reply|Flags)/;

/** The same, and by which links the answers leave the host, as seen on the wire. */
export const capture = async (lab: Lab, address: string, netns = 'client'): Promise<Captured> => {
  const wanted = `(icmp or icmp6 or tcp port ${port})`;
  const tcpdump = await lab.start('tcpdump', [
    'tcpdump',
    ...['-Z', 'root', '-i', 'any', '-Q', 'out', '-n', '-l', '--immediate-mode'],
    wanted,
  ]);
  await lab.until('tcpdump to listen', () => tcpdump.lines.some(({ text }) => text.startsWith('listening')));
  const reached = await reach(lab, address, netns);
  // What is seen after everything else.
  const last = eth0[0].replace(/\d+$/, '1');
  await lab.sh(`ping -c 1 -W 1 -I eth0 ${last}`);
  await lab.until('tcpdump to see the last', () =>
    tcpdump.lines.some(({ text }) => text.includes(`> ${last}: ICMP echo request`)),
  );
  await tcpdump.stop('SIGINT');
  const left = tcpdump.lines.flatMap(({ text }) => {
    const [, link = '', from = '', what = ''] =
      packet.exec(text.replace('ICMP6,', 'ICMP').replace('ICMP,', 'ICMP')) ?? [];
    if (from !== address && from !== `${address}.${port}`) return [];
    return [`${what === 'Flags' ? 'TCP' : 'ping'} by ${link}`];
  });
  return { ...reached, left: [...new Set(left)].sort() };
};
