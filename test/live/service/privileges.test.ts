import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { launchBroker, startBroker } from '../lab/daemons/broker.js';
import { checkout } from '../lab/checkout.js';
import type { Lab, Starts } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { withNetwork } from '../lab/network.js';
import { installScript } from '../lab/scripts.js';

const capabilities = (1 << 12) | (1 << 21); // CAP_NET_ADMIN, CAP_SYS_ADMIN (linux/capability.h)
const identity = String.raw`sed -n 's/^\(Uid\|Gid\|Groups\|CapInh\|CapPrm\|CapEff\|CapBnd\|CapAmb\):[[:space:]]*/\1 /p'`;

/** What /proc says of who a task is, as one text, the same for all tasks that are alike. */
const dropped = (id: number): string =>
  [
    ...['Uid', 'Gid'].map(each => `${each} ${[id, id, id, id].join('\t')}`),
    `Groups ${id}`,
    ...['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map(
      each => `${each} ${capabilities.toString(16).padStart(16, '0')}`,
    ),
  ].join('\n');

describeLive('started as root by its launcher', () => {
  test('every thread of the daemon and every script is network-broker with two capabilities and nothing else', () =>
    withNetwork(['static'], async ({ lab }) => {
      await lab.write('/var/log/identity', '', 0o666);
      await installScript(
        lab,
        'routable.d',
        '10-who',
        `#!/bin/sh\n${identity} /proc/self/status >/var/log/identity\necho done\n`,
      );
      const broker = await startBroker(lab);
      await lab.until('the script', () => broker.log().some(({ kind, line }) => kind === 'output' && line === 'done'));
      const threads = await lab.sh(`for task in /proc/${broker.pid}/task/*; do ${identity} $task/status; echo; done`);
      await broker.stop();

      const tasks = threads.replaceAll(/ +$/gm, '').trim().split('\n\n');
      expect(tasks.length).toBeGreaterThan(1);
      expect([...new Set(tasks)]).toEqual([dropped(996)]);
      expect((await lab.read('/var/log/identity')).replaceAll(/ +$/gm, '').trim()).toBe(dropped(996));
    }));

  test('and without a user to become, it does not start and says what to do', () =>
    withNetwork([], async ({ lab }) => {
      await lab.sh('sed -i /^network-broker:/d /etc/passwd');
      const failed = await launchBroker(lab);
      expect(await failed.ended).toEqual({ code: 1, signal: null });
      expect(failed.lines.map(({ text }) => text).join('\n')).toMatch(/network-broker.*useradd/);
    }));
});

const path = `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin`;
/** What a command that should refuse says, and its exit status; it is ended after 5 s. */
const refusal = (lab: Lab, command: string): Promise<string> =>
  lab.sh(`(timeout 5 ${command} 2>&1 && echo status 0) || echo "status $?"`, {
    env: { PATH: path },
  });
const launcher = join(checkout, 'bin', 'network-broker');
const program = join(checkout, 'dist', 'network-broker.cjs');

describeLive('what cannot drop its privileges', () => {
  test('does not start: capabilities that it is not given, or that it may not give up', () =>
    withNetwork([], async ({ lab }) => {
      for (const lacking of ['net_admin', 'sys_admin', 'setuid', 'setgid', 'setpcap'])
        expect(await refusal(lab, `setpriv --bounding-set=-${lacking} ${launcher} run`)).toMatch(
          /^(.*\n)*network-broker: cannot become network-broker with CAP_NET_ADMIN and CAP_SYS_ADMIN.*\nstatus 1\n$/,
        );
    }));

  test('does not start: root that passes the launcher by, to run the daemon or scripts', () =>
    withNetwork(['static'], async ({ lab }) => {
      await installScript(lab, 'routable.d', '10-who', '#!/bin/sh\necho ran as $(id -un)\n');
      for (const command of ['run', 'run-scripts eth0 routable']) {
        const said = await refusal(lab, `node ${program} ${command}`);
        expect(said).toMatch(/^network-broker: .*root.*bin\/network-broker.*\nstatus 1\n$/);
        expect(said).not.toContain('ran as');
      }
    }));

  test('does not start: a user who has more than the two capabilities', () =>
    withNetwork([], async ({ lab }) => {
      const caps = '-all,+net_admin,+sys_admin,+net_raw';
      const more = `setpriv --reuid 996 --regid 996 --clear-groups --inh-caps ${caps} --ambient-caps ${caps}`;
      expect(await refusal(lab, `${more} node ${program} run`)).toMatch(
        /^network-broker: .*CAP_NET_ADMIN and CAP_SYS_ADMIN.*\nstatus 1\n$/,
      );
    }));

  test('is not asked for: there is no --no-drop', () =>
    withNetwork([], async ({ lab }) => {
      expect(await refusal(lab, `${launcher} run --no-drop`)).toMatch(/Unknown option '--no-drop'\n.*\nstatus 2\n$/);
    }));
});

describeLive('what needs no privileges', () => {
  test('has none, and starts where there are none, nor a user of its own', () =>
    withNetwork(['static'], async ({ lab }) => {
      await lab.sh('sed -i /^network-broker:/d /etc/passwd');
      const command = ['setpriv', '--bounding-set=-net_admin,-sys_admin,-setpcap', launcher, 'monitor'];
      const monitor = await lab.start('monitor', command, { env: { PATH: path } });
      await lab.until('the present state', () => monitor.lines.some(({ text }) => text.includes('eth0')));
      const threads = await lab.sh(`cat /proc/${monitor.pid}/task/*/status`);
      expect(new Set(threads.match(/^Uid:.*|^Cap(Prm|Eff|Inh|Amb):.*/gm))).toEqual(
        new Set([
          'Uid:\t65534\t65534\t65534\t65534',
          ...['Inh', 'Prm', 'Eff', 'Amb'].map(set => `Cap${set}:\t${'0'.repeat(16)}`),
        ]),
      );
      await monitor.stop();
    }));
});

/** Starts what `make run` starts, and waits until a sample script has shown the static link. */
const runSample = async (lab: Lab, starts: Starts, before = ''): Promise<{ user: string; directory: string }> => {
  const command = `${before} exec ${join(checkout, 'scripts', 'run-sample')} --log-format json --log-level debug`;
  const path = `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin`;
  const sample = await lab.start('make run', ['sh', '-c', command], { ...starts, env: { PATH: path, ...starts.env } });
  await lab.until('a sample script that ended well', () =>
    sample.lines.some(({ text }) => text.includes('/routable.d/') && text.includes('"status":0')),
  );
  const directory =
    /Sample configuration and scripts: (\S+)\/config/.exec(sample.lines.map(({ text }) => text).join('\n'))?.[1] ?? '';
  const user = (await lab.sh('ps -o user:32= -p $(pgrep -f network-broker.cjs | head -n 1)')).trim();
  expect(sample.lines.filter(({ text }) => text.includes('"code":"script-unsafe"'))).toEqual([]);
  await sample.stop();
  await lab.until(
    'the sample to be removed',
    async () => (await lab.sh(`ls -d ${directory} 2>/dev/null || true`)) === '',
  );
  return { user, directory };
};

describeLive('make run', () => {
  test('as root becomes network-broker where there is that user', () =>
    withNetwork(['static'], async ({ lab }) => {
      expect((await runSample(lab, {})).user).toBe('network-broker');
    }));

  test('as root without the user network-broker becomes the user who called sudo', () =>
    withNetwork(['static'], async ({ lab }) => {
      await lab.sh('sed -i /^network-broker:/d /etc/passwd');
      expect((await runSample(lab, { env: { SUDO_UID: '1000' } })).user).toBe('somebody');
    }));

  test('as root without either becomes nobody', () =>
    withNetwork(['static'], async ({ lab }) => {
      await lab.sh('sed -i /^network-broker:/d /etc/passwd');
      expect((await runSample(lab, {})).user).toBe('nobody');
    }));

  test('as an ordinary user with a umask of 002 and no runtime directory', () =>
    withNetwork(['static'], async ({ lab }) => {
      const { user, directory } = await runSample(lab, { as: 'somebody' }, 'umask 002;');
      expect({ user, directory }).toEqual({ user: 'somebody', directory: expect.stringMatching(/^\/tmp\//) });
    }));

  test('as an ordinary user with a runtime directory', () =>
    withNetwork(['static'], async ({ lab }) => {
      await lab.sh('install -d -m 0700 -o 1000 -g 1000 /run/user/1000');
      const { user, directory } = await runSample(lab, { as: 'somebody', env: { XDG_RUNTIME_DIR: '/run/user/1000' } });
      expect({ user, directory }).toEqual({
        user: 'somebody',
        directory: expect.stringMatching(/^\/run\/user\/1000\//),
      });
    }));
});
