import { expect, test } from '@jest/globals';
import { inNamespace, possible } from './lab.js';

const it = possible ? test : test.skip;

it('nl lists, asks, watches and decodes what ip sets', async () => {
  const seen = await inNamespace(async ({ sh, until }) => {
    const { execFileSync, spawn, spawnSync } = await import('node:child_process');
    const nl = 'bin/nl'; // as it is built
    const run = (...words: string[]): string => execFileSync(process.execPath, [nl, ...words], { encoding: 'utf8' });
    sh(`ip link set lo up; ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up; ip addr add 192.0.2.1/24 dev v0
      ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev v0; ip route add 10.0.0.0/8 via 192.0.2.254`);
    const json = (...words: string[]): Record<string, unknown>[] =>
      JSON.parse(run('--json', ...words)) as Record<string, unknown>[];
    const links = json('link').map(({ name }) => name);
    const lines = run('neigh').split('\n');
    const route = json('route', 'get', '10.1.2.3', 'fibmatch')[0]!;
    const cable = json('ethtool', 'v0')[0]!;
    const wrong = spawnSync(process.execPath, [nl, 'no-such-thing'], { encoding: 'utf8' });
    const refused = spawnSync(process.execPath, [nl, 'route', 'get', '2001:db8::1'], { encoding: 'utf8' });
    const monitor = spawn(process.execPath, [nl, '--json', 'monitor', 'neighbour'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = '';
    monitor.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
    await until('the news of the monitor', () => {
      sh('ip neigh replace 192.0.2.10 lladdr 02:00:00:00:00:0a dev v0; ip neigh del 192.0.2.10 dev v0');
      return told.includes('192.0.2.10');
    });
    const code = await new Promise(resolve => {
      monitor.on('close', resolve);
      monitor.kill('SIGINT');
    });
    return {
      ...{ links, lines, route, cable, code },
      news: JSON.parse(told.split('\n')[0]!) as unknown,
      wrong: [wrong.status, wrong.stderr],
      refused: [refused.status, refused.stderr],
    };
  });
  expect(seen.links).toEqual(['lo', 'v1', 'v0']);
  expect(seen.lines).toContainEqual(
    expect.stringMatching(/^neighbour ifindex=\d+ address=192.0.2.9 hardwareAddress=02:00:00:00:00:09 state=128/),
  );
  expect(seen.route).toMatchObject({ kind: 'route', destination: '10.0.0.0/8', gateway: '192.0.2.254' });
  expect(seen.cable).toMatchObject({ name: 'v0', speed: 10000, link: true });
  expect(seen.wrong).toEqual([2, expect.stringMatching(/^nl: no-such-thing: no such command\nusage: nl /)]);
  expect(seen.refused).toEqual([1, expect.stringMatching(/^nl: get the route to 2001:db8::1: ENETUNREACH/)]);
  expect(seen.news).toMatchObject({ kind: 'new', object: { kind: 'neighbour', address: '192.0.2.10' } });
  expect(seen.code).toBe(0);
});
