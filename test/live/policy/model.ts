// Runs inside a network namespace of its own: random sequences against the kernel; after each, actual = desired.
// Arguments: first seed, number of seeds. Prints `ok` and how many changes were made, or what was wrong and the seed.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { subscribe } from '@network-stack/netlink';
import type { Outcome } from '../../../src/model/outcome.js';
import { remaining, startOwn } from './own-broker.js';
import { command, everything, leftover, randomOf, undo } from './random.js';

const chosen = 'eth*';
/** Some commands fail, as they would for anybody. `-6` before one is for ip itself, which has no families within a batch. */
const pids = new Set<number>();
const batch = (family: readonly string[], commands: readonly string[]): void => {
  const { pid } = spawnSync('ip', [...family, '-force', '-batch', '-'], {
    input: `${commands.join('\n')}\n`,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  pids.add(pid);
};
const ip = (commands: readonly string[]): void => {
  const [first] = commands;
  if (first === undefined) return;
  const isSix = first.startsWith('-6 ');
  const other = commands.findIndex(command => command.startsWith('-6 ') !== isSix);
  const end = other === -1 ? commands.length : other;
  batch(
    isSix ? ['-6'] : [],
    commands.slice(0, end).map(command => command.replace('-6 ', '')),
  );
  ip(commands.slice(end));
};
/** how many changes of our own the kernel told of */
let done = 0;
/** What was done to rules and routes of others by anybody but `ip` and the kernel itself: by us, that is. */
const touched: string[] = [];
const watchOthers = (): void => {
  subscribe({
    groups: ['ipv4-rule', 'ipv6-rule', 'ipv4-route', 'ipv6-route'],
    receiveBufferBytes: 8 * 1024 * 1024,
    onMessages: batch => {
      for (const message of batch)
        if (message.kind === 'new' || message.kind === 'delete') {
          const { object, port } = message;
          const ours = 'protocol' in object && object.protocol === 217;
          if (!ours && port !== 0 && !pids.has(port)) touched.push(`${message.kind} ${JSON.stringify(object)}`);
          if (ours && port !== 0 && !pids.has(port)) done += 1;
        }
    },
    onOverrun: () => touched.push('messages were lost'),
  });
};

const settled = async (seconds: number): Promise<readonly string[]> => {
  for (const end = Date.now() + seconds * 1000; ;) {
    const { actions } = await remaining(chosen);
    if (actions.length === 0) return [];
    if (Date.now() > end) return actions.map(({ text }) => text);
    await wait(3);
  }
};

const sequence = async (seed: number): Promise<string | undefined> => {
  const random = randomOf(seed);
  const told: Outcome[] = [];
  const history: string[] = [];
  const run = (...commands: readonly string[]): void => {
    history.push(...commands);
    ip(commands);
  };
  const before = Array.from({ length: random.below(8) }, () => command(random)).flat();
  run(...everything, ...before, ...Array.from({ length: random.below(4) }, () => leftover(random)));
  let broker = startOwn(chosen, outcome => told.push(outcome));
  const failure = async (): Promise<string | undefined> => {
    const rest = await settled(5);
    if (rest.length === 0) return undefined;
    const log = told.map(outcome => ('message' in outcome ? outcome.message : outcome.kind));
    return `seed ${seed}: not as desired:\n${rest.join('\n')}\n--- after\n${history.join('\n')}\n--- told\n${log.join('\n')}`;
  };
  try {
    const bursts = 1 + random.below(3);
    for (let n = 0; n < bursts; n++) {
      const commands = Array.from({ length: 1 + random.below(6) }, () => command(random)).flat();
      run(...commands);
      if (random.below(8) === 0) {
        broker.unsubscribe();
        run(...Array.from({ length: 3 }, () => command(random)).flat());
        broker = startOwn(chosen, outcome => told.push(outcome));
      }
      const failed = await failure();
      if (failed !== undefined) return failed;
    }
    if (random.below(2) === 0) {
      run(undo(random));
      const failed = await failure();
      if (failed !== undefined) return failed;
    }
    return touched.length === 0 ? undefined : `seed ${seed}: touched what is not ours:\n${touched.join('\n')}`;
  } finally {
    broker.unsubscribe();
    ip([...['eth0', 'eth1', 'eth2', 'int0'].flatMap(link => [`link delete dev ${link}`, `link delete dev x${link}`])]);
  }
};

const main = async (): Promise<string> => {
  for (const name of ['accept_dad', 'dad_transmits', 'accept_ra'])
    writeFileSync(`/proc/sys/net/ipv6/conf/default/${name}`, '0');
  ip(['link set dev lo up']);
  const [first = 1, count = 10] = process.argv.slice(2).map(Number);
  for (let seed = first; seed < first + count; seed++) {
    const wrong = await sequence(seed);
    if (wrong !== undefined) return wrong;
  }
  return 'ok';
};

watchOthers();
console.log(await main());
console.log(`${done} changes`);
