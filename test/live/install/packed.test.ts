import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { configureBroker, startBroker } from '../lab/daemons/broker.js';
import { checkout } from '../lab/checkout.js';
import { describeLive } from '../lab/live.js';
import { withNetwork } from '../lab/network.js';
import { installRecorders } from '../lab/scripts.js';
import { commotion, settings, takeTrace } from '../lab/traces.js';
import { codeOf, packedProject, type Project } from './project.js';

// The package as others get it: packed, installed into an empty project, compiled strictly, run. So are all examples, and
// the code in the pages.
const program = `
import { filter, take } from 'rxjs';
import { address, linkState, marbles, steps } from 'network-event-broker/testing';
import { addressKey, isAddress, isLinkState, type Stage, watchNetwork } from 'network-event-broker';
import type { Message, Route } from 'network-event-broker/netlink';

export const destinations = (messages: readonly Message[]): readonly (Route['destination'])[] =>
  messages.flatMap(message => (message.kind === 'new' && message.object.kind === 'route' ? [message.object.destination] : []));
const routableOnly: Stage = source =>
  source.pipe(filter(({ event }) => isLinkState(event) && event.changed['OperationalState'] === 'routable'));
const values = steps({ a: linkState('ens33', 'routable'), b: address('ens33', '192.0.2.5/24') });
marbles(({ hot, expectObservable }) => {
  expectObservable(hot('-a-b-|', values).pipe(routableOnly)).toBe('-a---|', values);
})();
const { event } = values.b;
if (isAddress(event)) console.log(addressKey(event.address));
watchNetwork()
  .world$.pipe(filter(({ kernel }) => kernel.links !== undefined), take(1))
  .subscribe(({ kernel: { links } }) => console.log([...(links?.values() ?? [])].some(({ name }) => name === 'lo')));
`;

jest.setTimeout(180_000);
let project: Project;
/** files of the installed package */
let installed: readonly string[] = [];
const textOf = (file: string): string =>
  readFileSync(join(project.directory, 'node_modules/network-event-broker', file), 'utf8');
const pages = ['writing-an-operator', 'writing-a-sink', 'embedding', 'extensions'];
beforeAll(() => {
  project = packedProject();
  const root = join(project.directory, 'node_modules/network-event-broker');
  installed = readdirSync(root, { encoding: 'utf8', recursive: true });
  project.write('esm.ts', program);
  project.write('commonjs.cts', program);
  for (const page of pages)
    for (const { name, code } of codeOf(`docs/${page}.md`)) project.write(`${page}/${name}`, code);
});
afterAll(() => project.remove());

describe('the packed package', () => {
  test('compiles strictly, and so do the examples and the code in the pages', () => {
    expect(project.compile()).toBe('');
  });

  test('runs, from modules and from CommonJS', () => {
    expect(project.run(process.execPath, 'built/esm.js')).toBe('192.0.2.5/24\ntrue\n');
    expect(project.run(process.execPath, '--no-warnings', 'built/commonjs.cjs')).toBe('192.0.2.5/24\ntrue\n');
  });

  test('names no package that it does not bring along, but those that it depends on', () => {
    const { dependencies } = JSON.parse(textOf('package.json')) as { dependencies: Record<string, string> };
    const imports = /(?<![.\w])(?:from|import|require)\s*\(?\s*["']((?:@[\w-]+\/)?[\w-]+)(?:\/[\w/-]+)?["']/g;
    const named = installed
      .filter(file => /^dist\/.*\.(c?js|d\.ts)$/.test(file))
      .flatMap(file => [...textOf(file).matchAll(imports)].map(([, name = '']) => name))
      .filter(name => !builtinModules.includes(name) && name !== 'network-event-broker'); // by which a written test imports it
    expect([...new Set(named)].sort()).toEqual(Object.keys(dependencies).sort());
    expect(readdirSync(join(project.directory, 'node_modules'))).not.toContain('@network-stack');
  });

  test('loads no addon before it is asked for something of the system', () => {
    const look =
      "import { readFileSync } from 'node:fs'; console.log(/\\.node$/m.test(readFileSync('/proc/self/maps', 'utf8')))";
    const program = (entry: string): string => `import * as all from '${entry}'; void all; ${look}`;
    for (const entry of ['', '/core', '/netlink', '/testing'])
      expect(project.run(process.execPath, '--input-type=module', '-e', program(`network-event-broker${entry}`))).toBe(
        'false\n',
      );
  });

  test('ships nothing that only the checkout needs', () => {
    const manifest = Object.keys(JSON.parse(textOf('package.json')) as object);
    for (const key of ['devDependencies', 'workspaces', 'overrides', 'private', 'scripts'])
      expect(manifest).not.toContain(key);
    for (const key of [
      'repository',
      'bugs',
      'author',
      'homepage',
      'keywords',
      'license',
      'os',
      'engines',
      'sideEffects',
    ])
      expect(manifest).toContain(key);
    expect(
      installed.filter(file => /\.(map|ts|node)$/.test(file) && !/\.d\.ts$|^dist\/prebuilds\/|^examples\//.test(file)),
    ).toEqual([]);
  });

  test('has the licence of everything that is a part of it, and says so in a bill of materials', () => {
    const { components } = JSON.parse(textOf('dist/sbom.cdx.json')) as {
      components: { name: string; version: string }[];
    };
    const names = components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['pino', 'rxjs', 'smol-toml']));
    for (const { name, version } of components)
      expect(textOf('dist/THIRD-PARTY-LICENSES')).toContain(`${name} ${version} (`);
  });

  test('has a command that runs', () => {
    expect(project.run('npx', 'network-broker', '--version')).toMatch(/^network-broker \d/);
  });

  test('lets others import rtnetlink and its types', () => {
    const links =
      "import { listLinks } from 'network-event-broker/netlink'; for (const { name } of await listLinks()) console.log(name)";
    expect(project.run(process.execPath, '--input-type=module', '-e', links).split('\n')).toContain('lo');
  });

  test.each(pages)('the tests in docs/%s.md pass, and its other code can be loaded', page => {
    const files = codeOf(`docs/${page}.md`).map(({ name }) => `./built/${page}/${name.replace(/ts$/, 'js')}`);
    expect(files.length).toBeGreaterThan(0);
    const tests = files.filter(file => file.includes('.test.'));
    if (tests.length > 0) expect(project.run(process.execPath, '--test', ...tests)).toContain('# fail 0');
    const loading = files
      .filter(file => !tests.includes(file) && !file.endsWith('watch.mjs'))
      .map(file => `await import('${file}');`);
    project.run(process.execPath, '--no-warnings', '--input-type=module', '-e', loading.join('\n'));
  });

  describe.each<[string, string, () => readonly string[]]>([
    ['node:test', "import { test } from 'node:test';", () => ['--test']],
    [
      'jest',
      '',
      () => ['--experimental-vm-modules', project.borrow('jest', 'bin/jest.js'), '--config', '{"transform":{}}'],
    ],
    ['vitest', "import { test } from 'vitest';", () => [project.borrow('vitest', 'vitest.mjs'), 'run']],
  ])('marble tests under %s', (runner, imports, program) => {
    test('pass, and show both diagrams when they fail', () => {
      const text = `${imports}
import { filter } from 'rxjs';
import { isAddress } from 'network-event-broker';
import { address, linkState, marbles, steps } from 'network-event-broker/testing';

const values = steps({ a: address('ens33', '192.0.2.5/24'), s: linkState('ens33', 'routable') });
test('only addresses', marbles(({ hot, expectObservable }) => {
  expectObservable(hot('-a-s-|', values).pipe(filter(({ event }) => isAddress(event)))).toBe('DIAGRAM', values);
}));
`;
      const directory = `runners/${runner.replace(':', '-')}`;
      const passing = project.write(`${directory}/passing.test.mjs`, text.replace('DIAGRAM', '-a---|'));
      const failing = project.write(`${directory}/failing.test.mjs`, text.replace('DIAGRAM', '-a-a-|'));
      const how = program();
      const run = (file: string): string => project.run(process.execPath, '--no-warnings', ...how, file);
      expect(run(passing)).not.toContain('the diagrams differ');
      expect(() => run(failing)).toThrow(/expected {2}-a-a-\|\s+found {5}-a---\|\s+\^ first difference, at frame 3/);
    });
  });

  test('the examples’ marble tests pass', () => {
    expect(project.run(process.execPath, '--test', 'built/examples/online')).toContain('# pass 1');
    expect(project.run(process.execPath, '--test', 'examples/webhook')).toContain('# fail 0');
    expect(project.run(process.execPath, '--test', 'built/examples/routable-for')).toContain('# pass 4');
  });
});

/** A network namespace with a cable in it, and a program; what the program prints. */
const inNamespace = (...args: readonly string[]) => {
  const setup = 'ip link add v0 type veth peer name v1 && ip link set v0 up && ip link set v1 up';
  const child = spawn('unshare', ['--net', 'sh', '-c', `${setup} && exec "$@"`, 'sh', process.execPath, ...args], {
    cwd: project.directory,
    env: { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/nonexistent/bus' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  return {
    child,
    said: () => said,
    ip: (...words: readonly string[]) =>
      execFileSync('nsenter', ['--net', '--target', String(child.pid), 'ip', ...words]),
    until: async (what: string): Promise<void> => {
      for (let tries = 0; !said.includes(what); tries += 1) {
        if (tries > 200) throw new Error(`expected ${what} to be printed within 10 s; it said:\n${said}`);
        await wait(50);
      }
    },
  };
};

describeLive('the embedding examples, with a network of their own', () => {
  test('the pipeline needs no privileges, no configuration, and nothing that can be written to', () => {
    const readOnly = `mount --make-rprivate / && mount --bind . . && mount -o remount,bind,ro / && mount -o remount,bind,ro "$PWD"
      cd "$PWD" && ! touch x 2>/dev/null && exec setpriv --inh-caps=-all --bounding-set=-all "$0" --no-warnings built/esm.js`;
    const said = project.run('unshare', '--mount', '--net', 'sh', '-c', readOnly, process.execPath);
    expect(said).toBe('192.0.2.5/24\ntrue\n');
  });

  test('the command runs from there, and asks the kernel', () => {
    const check = 'chmod 755 . && RUNTIME_DIRECTORY=$PWD NETWORK_BROKER_USER=nobody npx network-broker check';
    project.write('check.toml', '[System]\nGenerator = "rtnetlink"\n[Network]\nRoutingPolicyRules = "*"\n');
    const found = project.run('unshare', '--net', 'sh', '-c', `${check} --config check.toml || [ $? -eq 1 ]`);
    expect(found).toMatch(/^ok +arp +no link answers ARP for another$/m);
  });

  test('addresses are printed as they come and go', async () => {
    const { child, ip, until } = inNamespace('examples/embedding/print-addresses.mjs');
    await until('watching');
    ip('address', 'add', '192.0.2.5/24', 'dev', 'v0');
    await until('v0: 192.0.2.5/24 added');
    ip('address', 'delete', '192.0.2.5/24', 'dev', 'v0');
    await until('v0: 192.0.2.5/24 removed');
    child.kill('SIGKILL');
    await once(child, 'close');
  });

  test('the wait ends well when the link is routable, and not well when it is not in time', async () => {
    const soon = inNamespace('examples/embedding/wait-until-routable.mjs', 'v0', '20');
    for (let tries = 0; ; tries += 1)
      try {
        soon.ip('address', 'add', '192.0.2.5/24', 'dev', 'v0');
        break;
      } catch (error) {
        if (tries > 100) throw error;
        await wait(50); // until the namespace has its cable
      }
    const [status] = (await once(soon.child, 'close')) as [number];
    expect(status).toBe(0);
    const never = inNamespace('examples/embedding/wait-until-routable.mjs', 'v0', '0.5');
    expect(((await once(never.child, 'close')) as [number])[0]).toBe(1);
  });

  test('the first page’s program tells of states', async () => {
    const { child, until } = inNamespace('embedding/watch.mjs');
    await until("OperationalState: 'degraded'");
    child.kill('SIGKILL');
    await once(child, 'close');
  });

  test('a recorded incident becomes a marble test that passes', async () => {
    const config = project.write('network-broker.toml', '[System]\nGenerator = "rtnetlink"\n');
    const broker = join(checkout, 'dist', 'network-broker.cjs');
    const recording = inNamespace(broker, 'record', '--config', config);
    await recording.until('"kind":"kernel-dump"');
    recording.ip('address', 'add', '192.0.2.5/24', 'dev', 'v0');
    await recording.until('192.0.2.5');
    await recording.until('addresses.d');
    recording.child.kill('SIGINT');
    expect(((await once(recording.child, 'close')) as [number])[0]).toBe(0);
    const trace = project.write('trace.jsonl', recording.said());

    const events = project.run(process.execPath, broker, 'replay', trace);
    expect(events).toContain("Link='v0'");
    expect(events).toContain('address 192.0.2.5/24 added');
    expect(events).not.toContain('no recorded answer');
    expect(project.run(process.execPath, broker, 'diagram', trace)).toContain('v0: address 192.0.2.5/24 added');
    expect(project.run(process.execPath, broker, 'diagram', '--svg', trace)).toMatch(/^<svg /);
    project.write('incident.test.mjs', project.run(process.execPath, broker, 'diagram', '--test', trace));
    expect(project.run(process.execPath, '--test', 'incident.test.mjs')).toContain('# pass 1');
  });
});

/** Which scripts ran for which links, and how they ended. */
const scriptsIn = (text: string): readonly string[] =>
  [...new Set(text.match(/\w+ scripts: \S+ status \d+(?=, event)/g))].sort();

describeLive('a trace', () => {
  test('becomes a marble test that passes in a project of somebody else', () =>
    withNetwork(['dhcp', 'static'], async ({ lab }) => {
      await configureBroker(lab, settings(8, 0)); // a cable that is back within 20 ms was never away
      await installRecorders(lab);
      const broker = await startBroker(lab);
      await commotion(lab);
      await broker.stop();
      const path = project.write('commotion.jsonl', (await takeTrace(lab)).join('\n'));
      const command = join(project.directory, 'node_modules', 'network-event-broker', 'dist', 'network-broker.cjs');
      const written = project.run(process.execPath, command, 'diagram', '--test', path);
      project.write('commotion.test.mjs', written);
      expect(written).toContain('CarrierState=no-carrier');
      const ran = scriptsIn(written);
      expect(ran).toContain('eth0 scripts: no-carrier.d/10-record status 0');
      expect(ran).toEqual(scriptsIn(project.run(process.execPath, command, 'diagram', path)));
      expect(project.run(process.execPath, '--test', 'commotion.test.mjs')).toMatch(/^# pass 1$/m);
      for (const [was, shouldBe] of [
        ['CarrierState=no-carrier', 'CarrierState=carrier'],
        ['eth0 scripts: no-carrier.d/10-record status 0', 'eth0 scripts: no-carrier.d/10-record status 1'],
      ] as const) {
        project.write('changed.test.mjs', written.replace(was, shouldBe));
        expect(() => project.run(process.execPath, '--test', 'changed.test.mjs')).toThrow('# fail 1');
      }
    }));
});
