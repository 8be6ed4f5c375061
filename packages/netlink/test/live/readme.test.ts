import { expect, test } from '@jest/globals';
import { inNamespace, possible } from './lab.js';

const it = possible ? test : test.skip;

it('the examples of the README run', async () => {
  const printed = await inNamespace(async ({ sh, until, url }) => {
    const { readFileSync } = await import('node:fs');
    sh('ip link set lo up');
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
  expect(printed.printed).toEqual([['1 lo up 65536 00:00:00:00:00:00'], ['now there are 2', 'new 1 192.0.2.1'], []]);
  expect(printed.rules).toContain('from 192.0.2.5 lookup 100');
  expect(printed.routes).toContain('198.51.100.0/24 dev lo');
});
