import { expect, test } from '@jest/globals';
import { inNamespace, possible } from './lab.js';

const it = possible ? test : test.skip;

it('the first examples of the README run unchanged in a new network namespace', async () => {
  const printed = await inNamespace(async ({ sh, until, url }) => {
    const { readFileSync } = await import('node:fs');
    const printed: string[][] = [];
    const examples = [...readFileSync('README.md', 'utf8').matchAll(/```js\n(.*?)```/gs)].map(([, code = '']) => code);
    for (const [i, example] of examples.entries()) {
      const lines: string[] = [];
      printed.push(lines);
      console.log = (...words: unknown[]) => lines.push(words.join(' '));
      const source = example.replaceAll("'@network-stack/netlink'", JSON.stringify(url));
      await import(`data:text/javascript,${encodeURIComponent(`${source}\n// ${i}`)}`);
      if (!example.includes('SIGINT')) continue;
      sh('ip address add 192.0.2.1/24 dev lo');
      await until('the new address', () => lines.includes('new 1 192.0.2.1'));
      process.emit('SIGINT');
    }
    return { printed, rules: sh('ip rule show priority 1000'), routes: sh('ip route show table 100') };
  });
  expect(printed.printed).toEqual([['1 lo down 65536 00:00:00:00:00:00'], ['now there are 0', 'new 1 192.0.2.1'], []]);
  expect(printed.rules).toContain('from 192.0.2.5 lookup 100');
  expect(printed.routes).toContain('198.51.100.0/24 dev lo');
});

it('the examples of its sections run', async () => {
  const printed = await inNamespace(async ({ netlink, sh }) => {
    const { readFileSync } = await import('node:fs');
    sh('ip link set lo up; ip link add eth0 type veth peer name eth1; ip link set eth0 up; ip link set eth1 up');
    const lines: string[] = [];
    console.log = (...words: unknown[]) => lines.push(words.map(word => JSON.stringify(word)).join(' '));
    const signal = AbortSignal.timeout(1000);
    const names = Object.keys(netlink).join(', ');
    for (const [, code = ''] of readFileSync('README.md', 'utf8').matchAll(/```ts\n(.*?)```/gs)) {
      const source = `export default async ({ ${names} }, signal) => {\n${code}\n};`;
      const { default: run } = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as {
        default: (all: typeof netlink, signal: AbortSignal) => Promise<void>;
      };
      const running = run(netlink, signal);
      if (code.includes('signal')) sh('ip neigh replace 192.0.2.9 lladdr 02:00:00:00:00:09 dev eth0');
      await running;
    }
    return lines;
  });
  expect(printed).toEqual([
    expect.stringMatching(/^{"kind":"bridge".*"stpState":1.*{"kind":"bridge"/),
    '"new" "192.0.2.9" "02:00:00:00:00:09"',
    '"10000 Mbit/s, full duplex"',
  ]);
});
