import { expect, test } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { concat, filter, map, type Subscription, switchMap } from 'rxjs';
import { newsOf } from '../../../src/sources/networkd/bus-messages.js';
import { NETWORKD, NETWORKD_PATH } from '../../../src/model/wire/networkd-paths.js';
import { BUS_NAME } from '../../../src/model/wire/bus-daemon.js';
import { systemBus } from '../../../src/system/bus/bus.js';
import { type Broker, startBroker } from '../lab/daemons/broker.js';
import { plug, unplug } from '../lab/cables.js';
import type { Lab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { isLong } from '../lab/long.js';
import { withNetwork } from '../lab/network.js';
import { forgetRuns, installRecorders, started } from '../lab/scripts.js';
import { expectedRuns, type Signal } from '../lab/bus-clients/signals.js';
import { type Attack, type AttackName, attacks } from './attacks.js';
import { startAttack } from './start-attack.js';

const SECONDS = isLong ? 60 : 15;
const MAX_MB = 150;
/** After the bus has told another client what the script is for. */
const MAX_DELAY_MS = 1000;
/** The kernel reports one change of a carrier a second. */
const REST_MS = 1100;

const atOnce = (name: string): name is AttackName =>
  Object.entries<Attack>(attacks).some(([each, { isAlone }]) => each === name && isAlone === undefined);

/** Writes down what networkd tells a client that nobody attacks. */
const witness = async (lab: Lab): Promise<{ readonly signals: readonly Signal[]; readonly leave: Subscription }> => {
  const signals: Signal[] = [];
  const ask = { destination: BUS_NAME, path: '/org/freedesktop/DBus', interface: BUS_NAME, signature: 's' };
  return new Promise((resolve, reject) => {
    const leave = systemBus(`unix:path=${lab.path('/run/dbus/system_bus_socket')}`)
      .connection$.pipe(
        switchMap(({ match, call, signal$ }) =>
          concat(
            match(`type='signal',sender='${NETWORKD}',path_namespace='${NETWORKD_PATH}'`),
            call({ ...ask, member: 'GetNameOwner', body: [NETWORKD] }),
          ).pipe(
            switchMap(() => {
              resolve({ signals, leave });
              return signal$;
            }),
          ),
        ),
        filter(({ sender }) => sender !== BUS_NAME),
        map(signal => ({ sender: signal.sender, news: newsOf(signal) })),
      )
      .subscribe({
        next: ({ sender, news }) => {
          if (news === undefined) return;
          const changed = news.changed;
          signals.push({ at: Date.now(), sender, ifindex: news.of === 'link' ? news.ifindex : undefined, changed });
        },
        error: reject,
      });
  });
};

/** When the scripts of a link were started, in order; milliseconds since the epoch. */
const starts = (broker: Broker, link: string): readonly number[] =>
  broker
    .log()
    .filter(record => record.kind === 'script' && record.link === link)
    .map(({ time, durationMs }) => Date.parse(String(time)) - Number(durationMs));

describeLive('a hostile neighbour who does everything at once', () => {
  test(
    'hinders nothing: every transition is served once and in time, in little memory',
    () =>
      withNetwork(['static', 'static'], async ({ lab, names }) => {
        await installRecorders(lab);
        const broker = await startBroker(lab);
        const links = ['eth0', 'eth1'];
        for (const link of links)
          await lab.until(`${link} to be served`, async () =>
            (await started(lab, link)).includes(`configured.d ${link}`),
          );
        await forgetRuns(lab);
        const { signals, leave } = await witness(lab);
        const attackers = await Promise.all(
          Object.keys(attacks)
            .filter(atOnce)
            .map(name => startAttack(lab, broker, name, 'again')),
        );
        const rounds = ({ lines }: { readonly lines: Broker['lines'] }) =>
          lines.filter(({ text }) => text === 'round').length;
        for (const attacker of attackers)
          await lab.until(`a round of ${attacker.name}`, () => rounds(attacker) > 0, 30);

        const seen = (run: string, times: number) =>
          lab.until(
            `${run}, ${times} times`,
            async () => (await started(lab)).filter(one => one === run).length >= times,
            30,
          );
        let times = 0;
        for (const end = Date.now() + SECONDS * 1000; Date.now() < end;) {
          times += 1;
          await unplug(lab, links);
          for (const link of links) await seen(`offline.d ${link}`, times);
          await wait(REST_MS);
          await plug(lab, links);
          for (const link of links) await seen(`configured.d ${link}`, times);
          await wait(REST_MS);
        }
        const fought = attackers.map(attacker => [attacker.name, rounds(attacker)] as const);
        await Promise.all(attackers.map(attacker => attacker.stop('SIGKILL')));
        const [, peak] = /^VmHWM:\s+(\d+) kB/m.exec(await lab.sh(`cat /proc/${broker.pid}/status`)) ?? [];
        expect(await broker.stop()).toEqual({ code: 0, signal: null });
        leave.unsubscribe();

        const named = await names();
        const late = [];
        for (const link of links) {
          const told = signals.flatMap(signal => expectedRuns([signal], named).map(run => ({ run, at: signal.at })));
          const wanted = told.filter(({ run }) => run.endsWith(` ${link}`));
          expect(await started(lab, link)).toEqual(wanted.map(({ run }) => run));
          expect(wanted.filter(({ run }) => run.startsWith('no-carrier.d'))).toHaveLength(times);
          const begun = starts(broker, link).slice(-wanted.length);
          late.push(...wanted.map(({ at }, n) => (begun[n] ?? Infinity) - at));
        }
        expect(Math.max(...late)).toBeLessThan(MAX_DELAY_MS);
        expect(Number(peak) / 1024).toBeLessThan(MAX_MB);
        expect(broker.log().filter(({ level }) => level === 'error')).toEqual([]);
        expect(fought.filter(([, times]) => times < 2)).toEqual([]);
      }),
    180_000,
  );
});
