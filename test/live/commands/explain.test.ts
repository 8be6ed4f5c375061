import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { configureBroker, scriptDirectory } from '../lab/daemons/broker.js';
import { checkout } from '../lab/checkout.js';
import type { Lab, Starts } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { withNetwork } from '../lab/network.js';
import { installScript } from '../lab/scripts.js';

const path = `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin`;

/** Asks, and waits for the answer. */
const ask = async (lab: Lab, args: readonly string[], starts: Starts = {}) => {
  const started = await lab.start('network-broker', [join(checkout, 'bin', 'network-broker'), ...args], {
    ...starts,
    env: { PATH: path },
  });
  const { code } = await started.ended;
  return { status: code, lines: started.lines.map(({ text }) => text) };
};

interface Explained {
  readonly obstacles: readonly string[];
  readonly directories: readonly { readonly path: string; readonly scripts: readonly Record<string, string>[] }[];
  readonly environment: Readonly<Record<string, string>>;
}

const explain = async (lab: Lab, starts: Starts, ...words: readonly string[]): Promise<Explained> => {
  const { status, lines } = await ask(lab, ['explain', '--json', ...words], starts);
  const json = lines.find(line => line.startsWith('{'));
  if (status !== 0 || json === undefined) throw new Error(lines.join('\n'));
  return JSON.parse(json) as Explained;
};

describeLive('network-broker explain and run-scripts', () => {
  test('what explain says is what run-scripts does: scripts, order, environment', () =>
    withNetwork(['dhcp'], async ({ lab }) => {
      await configureBroker(lab, '');
      await lab.sh('ip link property add dev eth0 altname uplink');
      await installScript(lab, 'routable.d', '20-env', '#!/bin/sh\necho second\ncat /proc/$$/environ >/tmp/found\n');
      await installScript(lab, 'routable.d', '10-file', '#!/bin/sh\necho first\ncat $JSON_FILE\necho bad >&2\n');
      await installScript(lab, 'routable.d', '30-foreign', '#!/bin/sh\necho never\n');
      await lab.sh(`chown somebody ${scriptDirectory}/routable.d/30-foreign`);
      await lab.write(`${scriptDirectory}/routable.d/40-plain`, 'echo never\n');

      const explained = await explain(lab, { as: 'somebody' }, 'uplink', 'routable');
      expect(explained.obstacles).toEqual([]);
      const judged = explained.directories.map(({ path: directory, scripts }) => ({ directory, scripts }));
      const at = `${scriptDirectory}/routable.d`;
      expect(judged).toEqual([
        {
          directory: at,
          scripts: [
            { path: `${at}/10-file`, is: 'run', why: '' },
            { path: `${at}/20-env`, is: 'run', why: '' },
            {
              path: `${at}/30-foreign`,
              is: 'refused',
              why: expect.stringMatching(/30-foreign belongs to user \d+, expected root/),
            },
            { path: `${at}/40-plain`, is: 'skipped', why: 'it is not executable: chmod +x it' },
          ],
        },
      ]);

      const { status, lines } = await ask(lab, ['run-scripts', 'uplink', 'routable']);
      expect(status).toBe(0);
      const about =
        /^network-broker: Link='eth0' ifindex='\d+' event 0: script '(.*)' exited with status 0 after \d+ ms$/;
      expect(lines.flatMap(line => about.exec(line)?.[1] ?? [])).toEqual([`${at}/10-file`, `${at}/20-env`]);
      expect(lines.filter(line => ['first', 'second', 'never', 'bad'].includes(line)).sort()).toEqual([
        'bad',
        'first',
        'second',
      ]);
      const link = JSON.parse(lines.find(line => line.startsWith('{')) ?? '') as { readonly Name: string };
      expect(link.Name).toBe('eth0');

      const given = (await lab.read('/tmp/found')).split('\0').filter(Boolean);
      const found = Object.fromEntries(
        given.map(each => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
      );
      const { JSON: before = '', JSON_FILE: file, ...variables } = explained.environment;
      const { JSON: now = '', JSON_FILE: held, ...really } = found;
      expect(variables).toEqual(really);
      expect(variables).toMatchObject({ LINK: 'eth0', EVENT: 'link-state', OperationalState: 'routable' });
      expect(variables.DHCP_LEASE).toMatch(/ADDRESS=10\.0\.0\./);
      expect(Object.keys(JSON.parse(before) as object)).toEqual(Object.keys(JSON.parse(now) as object));
      expect(file).toMatch(/^\/run\/network-broker\/.*\.json$/);
      expect(await lab.sh(`ls ${join(held ?? '', '..', '..')} 2>&1 || true`)).toMatch(/No such file/);
    }));

  test('run-scripts runs with the capabilities of the daemon, ends what takes too long, and fails if one did', () =>
    withNetwork(['static'], async ({ lab }) => {
      await configureBroker(lab, '[Scripts]\nTimeoutSec = 1\n');
      await installScript(lab, 'carrier.d', '10-change', '#!/bin/sh\nip link set eth0 alias changed && id -un\n');
      await installScript(lab, 'carrier.d', '20-slow', '#!/bin/sh\nsleep 60 &\nsleep 60\n');
      await installScript(lab, 'carrier.d', '30-bad', '#!/bin/sh\nexit 3\n');
      const { status, lines } = await ask(lab, ['run-scripts', 'eth0', 'carrier']);
      const text = lines.join('\n');
      expect(status).toBe(1);
      expect(text).toMatch(/^network-broker$/m);
      expect(text).toMatch(/20-slow' was killed by SIGTERM \(timed out\) after \d{4,} ms/);
      expect(text).toMatch(/30-bad' exited with status 3/);
      expect(await lab.sh('ip link show eth0')).toContain('alias changed');
      expect(await lab.sh('pgrep -x sleep || true')).toBe('');
    }));

  test('an ordinary user runs what the daemon would run, not what is only the user’s own', () =>
    withNetwork(['static'], async ({ lab }) => {
      await configureBroker(lab, '');
      await installScript(lab, 'routable.d', '10-own', '#!/bin/sh\necho never\n');
      await installScript(lab, 'routable.d', '20-root', '#!/bin/sh\nid -un\n');
      await lab.sh(`chown somebody ${scriptDirectory}/routable.d/10-own`);
      const { status, lines } = await ask(lab, ['run-scripts', 'eth0', 'routable'], { as: 'somebody' });
      const text = lines.join('\n');
      expect(status).toBe(0);
      expect(text).toMatch(/^somebody$/m);
      expect(text).not.toMatch(/^never$/m);
      expect(text).toMatch(/10-own is refused: .*10-own belongs to user 1000, expected root/);
      expect(text).toMatch(
        /^network-broker: user 1000 without CAP_NET_ADMIN, CAP_SYS_ADMIN: scripts that change the network will/m,
      );
    }));

  test('a link that is left out, a state that nobody knows, a link that is not there', () =>
    withNetwork(['static'], async ({ lab }) => {
      await configureBroker(lab, '[Network]\nLinks = "lan*"\n');
      expect((await explain(lab, {}, 'eth0', 'routable')).obstacles).toEqual(['Links=lan* does not choose eth0']);
      expect(await ask(lab, ['explain', 'eth0', 'routabel'], { as: 'somebody' })).toEqual({
        status: 1,
        lines: ["network-broker: there is no state 'routabel'; did you mean routable?"],
      });
      expect(await ask(lab, ['run-scripts', 'eth7', 'routable'], { as: 'somebody' })).toEqual({
        status: 1,
        lines: ["network-broker: there is no link 'eth7'; did you mean eth0?"],
      });
    }));

  test('the lease, the addresses and the routes of a link are explained as if they had just come', () =>
    withNetwork(['dhcp'], async ({ lab }) => {
      const lease = await explain(lab, { as: 'somebody' }, 'eth0', 'leases.d');
      expect(lease.environment).toMatchObject({ EVENT: 'lease', ACTION: 'bound', FAMILY: 'ipv4' });
      const address = await explain(lab, { as: 'somebody' }, 'eth0', 'addresses.d');
      expect(address.environment).toMatchObject({
        EVENT: 'address',
        ADDRESS: expect.stringMatching(/^10\.0\.0\.\d+\/24$/),
      });
      const routes = await explain(lab, { as: 'somebody' }, 'eth0', 'routes.d');
      expect(routes.environment.ROUTES).toMatch(/^added default via 10\.0\.0\.1 table main/m);
    }));
});
