import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type LogRecord, scriptDirectory, startBroker, untilLogged } from '../lab/daemons/broker.js';
import { startBus } from '../lab/daemons/bus.js';
import { checkout } from '../lab/checkout.js';
import type { Lab } from '../lab/lab.js';
import { openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { installScript } from '../lab/scripts.js';

const withLab = async (body: (lab: Lab) => Promise<void>): Promise<void> => {
  const lab = await openLab();
  try {
    await startBus(lab);
    await lab.sh('ip link add eth0 type veth peer name cable');
    await lab.write('/var/log/pwned', '', 0o666);
    await body(lab);
  } finally {
    await lab.close();
  }
};
const MAX_MB = 300;
const evil = '#!/bin/sh\necho "$0 as $(id -un)" >>/var/log/pwned\n';

/** The two attacks on networkd-dispatcher known as Nimbuspwn: CVE-2022-29799, and CVE-2022-29800 with its race. */
describeLive('an attacker', () => {
  test('who owns networkd’s name leaves the script directories by no state: nothing runs', () =>
    withLab(async lab => {
      // As good as can be: root's own, executable, and a name that the daemon would run in a directory of its own.
      await lab.sh('mkdir -p /srv/evil.d');
      await lab.write('/srv/evil.d/10-evil', evil, 0o755);
      await installScript(lab, 'off.d', '10-control', '#!/bin/sh\necho control\n');
      await lab.sh(`mkdir -p ${scriptDirectory}/evil.d && cp /srv/evil.d/10-evil ${scriptDirectory}/evil.d/`);
      const broker = await startBroker(lab);
      const ifindex = (await lab.sh('cat /sys/class/net/eth0/ifindex')).trim();
      const states = ['../../srv/evil', '/srv/evil', 'evil', 'routable.d/../../../srv/evil', '../../srv/evil\n', 'off'];
      const impostor = [
        join(checkout, 'test/live/lab/bus-clients/impostor.cjs'),
        join(checkout, 'node_modules/dbus-next'),
      ];
      await lab.start('impostor', [process.execPath, ...impostor, ifindex, ...states], { as: 'systemd-network' });
      // The bus keeps the order: what came before this one was acted on before it.
      await untilLogged(lab, broker, 'the script of the last state', ({ line }) => line === 'control');
      await broker.stop();

      const unknown = broker.log().filter(({ code }) => code === 'state-unknown');
      for (const state of states.slice(0, -1))
        expect(unknown.some(({ message }) => message.includes(JSON.stringify(state)))).toBe(true);
      expect(broker.log().filter(({ kind, script }) => kind === 'script' && !String(script).includes('off.d'))).toEqual(
        [],
      );
      expect(await lab.read('/var/log/pwned')).toBe('');
    }));

  test(
    'who owns networkd’s name and never ends fills nothing: links that there are not, states that nobody has',
    () =>
      withLab(async lab => {
        await installScript(lab, 'off.d', '10-control', '#!/bin/sh\n[ "$LINK" != eth0 ] || echo control\n');
        const broker = await startBroker(lab);
        const ifindex = (await lab.sh('cat /sys/class/net/eth0/ifindex')).trim();
        const talker = [join(checkout, 'test/live/hostile/talker.cjs'), join(checkout, 'node_modules/dbus-next')];
        const other = await lab.start('talker', [process.execPath, ...talker, ifindex, '20000'], {
          as: 'systemd-network',
        });
        await lab.until('it to have talked', () => other.lines.some(({ text }) => text === 'talked'), 60);
        // The bus keeps the order.
        await lab.until('the script of the last state', () => broker.log().some(({ line }) => line === 'control'), 60);
        const memory = Number(/^VmHWM:\s+(\d+) kB/m.exec(await lab.sh(`cat /proc/${broker.pid}/status`))?.[1]) / 1024;
        console.log(`${Math.round(memory)} MiB at most`);
        await broker.stop();
        expect(memory).toBeLessThan(MAX_MB);
        const codes = broker.log().map(({ code }) => code);
        expect(codes.filter(code => code === 'links-unnamed')).toHaveLength(1);
        expect(codes).toContain('state-unknown');
      }),
    180_000,
  );

  test('who can swap a part of a script’s path runs nothing, however fast it is swapped', () =>
    withLab(async lab => {
      await lab.sh('install -d -o somebody /srv/own /srv/own/evil; mkdir -p /srv/good');
      await lab.write('/srv/good/10-tool', '#!/bin/sh\necho good\n', 0o755);
      await lab.write('/srv/own/evil/10-tool', evil, 0o755);
      await lab.sh(
        'chown somebody /srv/own/evil/10-tool; ln -s /srv/good /srv/own/directory; ln -s /srv/good/10-tool /srv/own/tool',
      );
      // A directory, and a script, both root's own links, to what somebody may change.
      await installScript(lab, 'addresses.d', '99-control', '#!/bin/sh\necho "control $ACTION"\n');
      await lab.sh(
        `ln -s /srv/own/tool ${scriptDirectory}/addresses.d/10-tool; ln -s /srv/own/directory ${scriptDirectory}/links.d`,
      );
      const swap = `while :; do
        ln -sfn /srv/own/evil /srv/own/directory; ln -sfn /srv/own/evil/10-tool /srv/own/tool
        ln -sfn /srv/good /srv/own/directory; ln -sfn /srv/good/10-tool /srv/own/tool
      done`;
      const swapper = await lab.start('swapper', ['sh', '-c', swap], { as: 'somebody' });
      const broker = await startBroker(lab);
      const controls = (records: readonly LogRecord[]) =>
        records.filter(({ line }) => line === 'control removed').length;
      for (let round = 1; round <= 50; round += 1) {
        await lab.sh(
          'ip address add 192.0.2.5/24 dev eth0; ip link add new0 type veth peer name new1; ip address del 192.0.2.5/24 dev eth0; ip link del new0',
        );
        await lab.until('the scripts of this round', () => controls(broker.log()) === round);
      }
      await swapper.stop();
      await broker.stop();

      const ran = broker.log().filter(({ kind }) => kind === 'script');
      expect(new Set(ran.map(({ script }) => script))).toEqual(new Set([`${scriptDirectory}/addresses.d/99-control`]));
      const faults = broker.log().flatMap(({ code, message }) => (String(code).endsWith('-unsafe') ? [message] : []));
      expect(faults).toContainEqual(
        expect.stringMatching(
          /script .*addresses\.d\/10-tool is refused: \/srv\/own belongs to user 1000, expected root/,
        ),
      );
      expect(faults).toContainEqual(
        expect.stringMatching(/directory .*links\.d is refused: \/srv\/own belongs to user 1000, expected root/),
      );
      expect(await lab.read('/var/log/pwned')).toBe('');
    }));
});
