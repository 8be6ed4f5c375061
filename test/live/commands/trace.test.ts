import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { configureBroker, startBroker, untilLogged } from '../lab/daemons/broker.js';
import { plug, unplug } from '../lab/cables.js';
import { checkout } from '../lab/checkout.js';
import { describeLive } from '../lab/live.js';
import { withNetwork } from '../lab/network.js';
import { installRecorders, started } from '../lab/scripts.js';
import {
  commotion,
  outcomesIn,
  replayed,
  replayedLog,
  settings,
  startRecording,
  takeTrace,
  takeTraceAs,
} from '../lab/traces.js';

jest.setTimeout(120_000);

const env = { PATH: `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin` };

interface Listed {
  readonly ifname: string;
  readonly address: string;
}

describeLive('a trace', () => {
  test('of the running daemon replays to what its log says', () =>
    withNetwork(['dhcp', 'static'], async ({ lab }) => {
      await configureBroker(lab, settings(8));
      await installRecorders(lab, ['10-record', '20-again'], 'sleep 0.02; echo "$LINK $OperationalState"');
      const broker = await startBroker(lab);
      await commotion(lab);
      await broker.stop();
      const observed = outcomesIn(broker.log());
      const trace = await takeTrace(lab);
      const log = await replayedLog(trace);
      expect(log).toEqual(observed);
      expect(log.filter(line => line.includes('exited with status 0')).length).toBeGreaterThan(8);
      expect(log.filter(line => line.includes('policy rules of eth1: ')).length).toBeGreaterThan(2);
      expect(await replayedLog(trace)).toEqual(log);
    }));

  test('of a daemon with further trees of scripts replays to the same runs', () =>
    withNetwork(['dhcp', 'static'], async ({ lab }) => {
      const tree =
        '[[Tree]]\nPath = "/etc/hooks"\nLinks = "eth1"\n[[Tree]]\nStyle = "networkd-dispatcher"\nPath = "/etc/nd"\n';
      await configureBroker(lab, `${settings(8)}${tree}`);
      await installRecorders(lab, ['10-record']);
      const say = (name: string): string => `#!/bin/sh\necho "${name} $LINK$IFACE $STATE"\n`;
      for (const state of ['carrier', 'no-carrier', 'routable', 'configured']) {
        await lab.write(`/etc/hooks/${state}.d/20-hook`, say('hook'), 0o755);
        await lab.write(`/etc/nd/${state}.d/20-nd`, say('nd'), 0o755);
      }
      await lab.sh('find /etc/hooks /etc/nd -type d -exec chmod 755 {} +');
      const broker = await startBroker(lab);
      await commotion(lab);
      const redacted = await takeTrace(lab, '--redact');
      await broker.stop();
      const observed = outcomesIn(broker.log());
      const said = (...words: readonly string[]) => observed.filter(line => words.every(word => line.includes(word)));
      expect(said('/etc/hooks/', 'exited with status 0').length).toBeGreaterThan(1);
      expect(said('/etc/nd/', 'exited with status 0').length).toBeGreaterThan(1);
      expect(said('hook eth0')).toEqual([]);
      expect(await replayedLog(await takeTrace(lab))).toEqual(observed);
      const again = await replayedLog(redacted);
      expect(again.filter(line => line.startsWith('?'))).toEqual([]);
      const runs = (log: readonly string[]) => log.filter(line => line.includes('exited with status 0')).length;
      expect(runs(again)).toBeGreaterThan(said('/etc/nd/', 'exited with status 0').length + 1);
    }));

  test('of a daemon with an extension replays to what its stages made of the events, or make of them today', () =>
    withNetwork(['dhcp', 'static'], async ({ lab }) => {
      const stage = (link: string): string => `export default ({ rxjs, defineExtension }) => defineExtension({
        name: 'only',
        stages: [rxjs.pipe(rxjs.filter(({ event }) => !('name' in event) || event.name === '${link}'), rxjs.delay(30))],
      });`;
      await lab.write('/etc/network-broker/then.mjs', stage('eth1'));
      await lab.write('/etc/network-broker/today.mjs', stage('eth0'));
      await configureBroker(lab, `${settings(8)}[Extensions]\nLoad = ["/etc/network-broker/then.mjs"]\n`);
      await installRecorders(lab, ['10-record'], 'echo "$LINK $OperationalState"');
      const broker = await startBroker(lab);
      await commotion(lab);
      await broker.stop();
      const observed = outcomesIn(broker.log());
      expect(observed.filter(line => line.includes('10-record')).length).toBeGreaterThan(3);
      expect(observed.filter(line => line.includes("Link='eth0'"))).toEqual([]);
      const trace = await takeTrace(lab);
      expect(await replayedLog(trace)).toEqual(observed);

      await lab.write('/tmp/trace.jsonl', trace.map(line => `${line}\n`).join(''), 0o600);
      const replay = `${join(checkout, 'bin', 'network-broker')} replay /tmp/trace.jsonl`;
      const [then, today] = [
        await lab.sh(`${replay}; echo "status $?"`, { env }),
        await lab.sh(`${replay} --extension /etc/network-broker/today.mjs 2>&1 || echo "status $?"`, { env }),
      ];
      const page = await lab.sh(`${join(checkout, 'bin', 'network-broker')} view /tmp/trace.jsonl`, { env });
      expect(page).toMatch(/^<!doctype html>[^]*<\/html>\n?$/i); // what only root may read, root reads
      expect(then).toMatch(/with the extensions only, whose sinks are not replayed\n[^]*status 0\n$/);
      expect(today).toMatch(/ ! {5}recorded, but not done by this replay: run \d+ \S+\/10-record\n/);
      expect(today).toMatch(/\d+ of what was recorded are not in this replay, see the lines with !\nstatus 1\n$/);
    }));

  test('holds no address and no name when it is redacted, and replays to as much', () =>
    withNetwork(['dhcp', 'static'], async ({ lab }) => {
      await configureBroker(lab, settings(8));
      await installRecorders(lab, ['10-record'], 'echo "$LINK $JSON"; hostname');
      const broker = await startBroker(lab);
      await commotion(lab);
      const open = await takeTrace(lab);
      const redacted = await takeTrace(lab, '--redact');
      // By chance a stand-in is the address of somebody else: what is let through is in all of them.
      const all = [redacted, await takeTrace(lab, '--redact'), await takeTrace(lab, '--redact')];
      await broker.stop();

      const listed = JSON.parse(await lab.sh('ip -json address; ')) as readonly Listed[];
      const secrets = [
        ...listed.filter(({ ifname }) => ifname !== 'lo').flatMap(({ ifname, address }) => [ifname, address]),
        ...(open.join('\n').match(/\b10\.0\.\d+\.(?:[1-9]\d*)\b|\b198\.51\.100\.7\b|fe80::[\da-f:]+/g) ?? []).filter(
          found => !found.endsWith('.255'),
        ),
        (await lab.sh('hostname')).trim(),
      ];
      const isIn = (secret: string) => (trace: readonly string[]) =>
        new RegExp(`(?<![\\w.])${secret.replaceAll('.', '\\.')}(?![\\w])`).test(trace.join('\n'));
      const found = new Set(secrets.filter(secret => all.every(isIn(secret))));
      expect(new Set(secrets).size).toBeGreaterThan(8);
      expect(new Set(secrets.filter(secret => open.join('\n').includes(secret))).size).toBeGreaterThan(8);
      expect([...found]).toEqual([]);
      const [before, after] = [await replayedLog(open), await replayedLog(redacted)];
      expect(after.length).toBeGreaterThanOrEqual(before.length);
      expect(after.filter(line => line.startsWith('?'))).toEqual([]);
    }));

  test('survives the daemon, and goes on when it is started again', () =>
    withNetwork(['static'], async ({ lab }) => {
      await configureBroker(lab, settings(8));
      await installRecorders(lab);
      const first = await startBroker(lab);
      await unplug(lab, ['eth0']);
      await lab.until('the carrier loss', async () => (await started(lab)).includes('no-carrier.d eth0'));
      await first.stop('SIGKILL');
      expect((await replayedLog(await takeTrace(lab))).join('\n')).toContain(`'CarrierState'="no-carrier"`);

      const second = await startBroker(lab);
      await plug(lab, ['eth0']);
      await untilLogged(
        lab,
        second,
        'the carrier',
        ({ property, value }) => property === 'CarrierState' && value === 'carrier',
      );
      const runs = (await replayed(await takeTrace(lab))).filter(told => 'header' in told);
      await second.stop();
      expect(runs).toHaveLength(2);
    }));

  test('stops where there is no room, goes on by itself when there is, and a replay says what is missing', () =>
    withNetwork(['static'], async ({ lab }) => {
      const ring = '/run/network-broker/trace';
      await lab.sh(`mkdir -p ${ring}; mount -t tmpfs -o size=64k,mode=0777 tmpfs ${ring}`);
      await configureBroker(lab, settings(1));
      const broker = await startBroker(lab);
      let nth = 0;
      /** Another one each time, which goes again: a World that grows would fill the ring with its headers. */
      const network = (): string => `10.${9 + Math.floor(nth / 250)}.${nth % 250}`;
      const something = (): Promise<string> => {
        nth += 1;
        return lab.sh(
          `for i in 1 2 3 4 5; do for what in add del; do ip address $what ${network()}.$i/24 dev eth0; done; done`,
        );
      };
      const untilSaid = (code: string): Promise<unknown> =>
        lab.until(
          code,
          async () => {
            await something();
            return broker.log().some(record => record.code === code);
          },
          60,
        );
      await untilSaid('trace-unwritten');
      const before = await takeTrace(lab);
      expect(await replayedLog(before)).not.toEqual([]);
      await lab.sh(`mount -o remount,size=8m ${ring}`);
      await untilSaid('trace-written');
      await something();
      const trace = await takeTrace(lab);
      await broker.stop();
      const log = broker.log().flatMap(({ code, level }) => (level === 'warn' ? [code] : []));
      expect(log.filter(code => code === 'trace-unwritten')).toHaveLength(1);
      expect(log.filter(code => code === 'trace-written')).toHaveLength(1);
      const headers = (await replayed(trace)).flatMap(told => ('header' in told ? [told.header] : []));
      expect(headers.map(({ missing }) => missing)).toEqual([undefined, expect.any(Number)]);
      expect((await replayedLog(trace)).join('\n')).toContain(`${network()}.5/24`);
      await lab.write('/tmp/trace', `${trace.join('\n')}\n`);
      // what was under way in the gap cannot be replayed, if there was anything
      const shown = await lab.sh(`${join(checkout, 'bin', 'network-broker')} replay /tmp/trace || [ $? = 1 ]`, { env });
      expect(shown).toMatch(/the \d+\.\d{3} s before it are missing: the trace could not be written/);
    }));

  test('of a small ring begins later, and holds what happened last', () =>
    withNetwork(['static', 'static'], async ({ lab }) => {
      await configureBroker(lab, settings(0.2));
      await installRecorders(lab);
      const broker = await startBroker(lab);
      for (let n = 0; n < 3; n += 1) await commotion(lab);
      await broker.stop();
      const trace = await takeTrace(lab);
      expect(trace.join('\n').length).toBeLessThan(300_000);
      const log = await replayedLog(trace);
      const events = (lines: readonly string[]) =>
        lines.filter(line => /changed state|address .* (?:added|removed)$/.test(line));
      const last = events(outcomesIn(broker.log())).slice(-8);
      expect(events(log).slice(-8)).toEqual(last);
    }));

  test('is what happens from now on where none is kept, and nobody else may have it', () =>
    withNetwork(['static'], async ({ lab }) => {
      await configureBroker(lab, settings(0));
      await installRecorders(lab);
      const broker = await startBroker(lab);
      await expect(takeTraceAs(lab, 'somebody')).rejects.toThrow('sudo');
      const recording = await startRecording(lab);
      await unplug(lab, ['eth0']);
      await lab.until('the end of the scripts', () => recording.lines.some(({ text }) => text.includes('"exited"')));
      await broker.stop();
      await lab.until('the recording to end', () => !recording.running());
      const log = await replayedLog(recording.lines.map(({ text }) => text).filter(line => line.startsWith('{')));
      expect(log.join('\n')).toMatch(/no-carrier.d\/10-record' exited with status 0/);
    }));
});
