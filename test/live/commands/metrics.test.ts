import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { configureBroker, startBroker, untilLogged } from '../lab/daemons/broker.js';
import { checkout } from '../lab/checkout.js';
import type { Lab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { withNetwork } from '../lab/network.js';
import { sets } from '../lab/packages/packages.js';
import { installScript } from '../lab/scripts.js';

const path = `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin`;
const launcher = join(checkout, 'bin', 'network-broker');
const textIn = (file: string): string => readFileSync(join(checkout, 'config', 'metrics', file), 'utf8');

const prometheusConfig = `
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [/etc/prometheus/alerts.yml]
scrape_configs:
  - job_name: network-broker
    static_configs: [{ targets: ['127.0.0.1:9217'] }]
`;

/** What it answers to a query: whether it could, and the values. */
interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

/** Asks Prometheus' HTTP API, by a Node in the laboratory. */
const queried = async (lab: Lab, expression: string): Promise<Answer> => {
  const url = `http://127.0.0.1:9090/api/v1/query?query=${encodeURIComponent(expression)}`;
  const program =
    'fetch(process.argv[1]).then(r => r.text()).then(t => process.stdout.write(t), () => process.stdout.write(`{"status":"none"}`))';
  return JSON.parse(await lab.sh(`node -e '${program}' '${url}'`, { env: { PATH: path } })) as Answer;
};
const valuesOf = async (lab: Lab, expression: string): Promise<readonly number[]> =>
  ((await queried(lab, expression)).data?.result ?? []).map(({ value }) => Number(value[1]));

/** What is answered at `/metrics`, with its status. */
const fetched = (lab: Lab, place: string): Promise<string> => {
  const program =
    'fetch(process.argv[1]).then(async r => console.log(r.status, await r.text()), e => console.log("refused", e.cause?.code))';
  return lab.sh(`node -e '${program}' http://${place}/metrics`, { env: { PATH: path } });
};

/** Every expression of the dashboard, as Grafana fills it in. */
const dashboardExpressions = (): readonly string[] => {
  const { panels } = JSON.parse(textIn('dashboard.json')) as {
    panels: readonly { targets: readonly { expr: string }[] }[];
  };
  return panels.flatMap(({ targets }) =>
    targets.map(({ expr }) => expr.replaceAll('$instance', '.*').replace(/\$__(rate_)?interval/g, '1m')),
  );
};
const alertExpressions = (): readonly string[] =>
  [...textIn('alerts.yml').matchAll(/^ +expr: (.*)$/gm)].map(([, expression = '']) => expression);

describeLive('metrics', () => {
  test('promtool finds nothing wrong with them, nor with the alerts, and a Prometheus that scrapes them answers every expression', () =>
    withNetwork(
      ['dhcp', 'static'],
      async ({ lab }) => {
        await configureBroker(lab, '[Network]\nRoutingPolicyRules = "eth1"\n[Metrics]\nListen = "127.0.0.1:9217"\n');
        await installScript(lab, 'routable.d', '10-good', '#!/bin/sh\nexit 0\n');
        await installScript(lab, 'routable.d', '20-bad', '#!/bin/sh\nexit 3\n');
        await lab.write('/etc/prometheus/prometheus.yml', prometheusConfig);
        await lab.write('/etc/prometheus/alerts.yml', textIn('alerts.yml'));
        const broker = await startBroker(lab);

        const textfile = `${launcher} metrics >/tmp/metrics.prom && promtool check metrics </tmp/metrics.prom 2>&1`;
        expect(await lab.sh(textfile, { as: 'somebody', env: { PATH: path } })).toBe('');
        expect(await lab.sh('promtool check rules /etc/prometheus/alerts.yml 2>&1')).toMatch(
          /SUCCESS: \d+ rules found/,
        );

        const words = [
          '--config.file=/etc/prometheus/prometheus.yml',
          '--storage.tsdb.path=/tmp/tsdb',
          '--web.listen-address=127.0.0.1:9090',
        ];
        await lab.start('prometheus', ['prometheus', ...words]);
        await lab.until(
          'a scrape that saw both scripts run',
          async () => {
            const runs = await valuesOf(lab, 'network_broker_script_runs_total{directory="routable"} > 1');
            return runs.length === 2;
          },
          60,
        );
        expect(await valuesOf(lab, 'up{job="network-broker"}')).toEqual([1]);
        expect(
          await valuesOf(lab, 'network_broker_policy_rules_wanted == network_broker_policy_rules_standing'),
        ).toEqual([2]);
        expect(await valuesOf(lab, 'network_broker_source_state{source="systemd-networkd",state="serving"}')).toEqual([
          1,
        ]);
        const [remaining = 0] = await valuesOf(lab, 'network_broker_lease_remaining_seconds{link="eth0"}');
        expect(remaining).toBeGreaterThan(0);
        expect(await valuesOf(lab, 'network_broker_script_latency_seconds_count > 0')).toHaveLength(1);

        const expressions = [...dashboardExpressions(), ...alertExpressions()];
        expect(expressions.length).toBeGreaterThan(20);
        for (const expression of expressions)
          expect([expression, await queried(lab, expression)]).toMatchObject([expression, { status: 'success' }]);
        const names = new Set(expressions.flatMap(expression => expression.match(/network_broker_\w+/g) ?? []));
        for (const name of names) expect([name, (await valuesOf(lab, name)).length > 0]).toEqual([name, true]);
        await broker.stop();
      },
      { programs: sets.prometheus },
    ));

  test('a reload opens, moves and closes where they are served; a port that is taken is told of, and tried again', () =>
    withNetwork(['static'], async ({ lab }) => {
      const reload = async (broker: { readonly pid: number }, listen: string): Promise<void> => {
        await configureBroker(lab, `[Metrics]\nListen = "${listen}"\n`);
        await lab.sh(`kill -HUP ${broker.pid}`);
      };
      await configureBroker(lab, '');
      const broker = await startBroker(lab);
      await reload(broker, '127.0.0.1:9217');
      await lab.until('metrics at a port', async () => (await fetched(lab, '127.0.0.1:9217')).startsWith('200 '));
      await reload(broker, '/run/network-broker/metrics.sock');
      await lab.until('metrics at a path', () => lab.sh('test -S /run/network-broker/metrics.sock && echo yes || :'));
      expect(await fetched(lab, '127.0.0.1:9217')).toMatch(/^refused /);
      const taker = await lab.start(
        'taker',
        ['node', '-e', 'require("net").createServer().listen(9218, "127.0.0.1")'],
        {
          env: { PATH: path },
        },
      );
      await lab.until('the port to be taken', async () => (await lab.sh('ss -Hltn sport = 9218')) !== '');
      await reload(broker, '127.0.0.1:9218');
      await untilLogged(lab, broker, 'that the port is taken', ({ message }) =>
        message.includes('127.0.0.1:9218: cannot listen'),
      );
      expect(await lab.sh('ls /run/network-broker')).not.toContain('metrics.sock');
      await taker.stop();
      await reload(broker, '127.0.0.1:9218');
      await lab.until('metrics at the port', async () => (await fetched(lab, '127.0.0.1:9218')).startsWith('200 '));
      await reload(broker, '');
      await broker.stop();
    }));

  test('a socket that systemd listens to is served', () =>
    withNetwork(['static'], async ({ lab }) => {
      await configureBroker(lab, '');
      const words = [launcher, 'run', '--config', '/etc/network-broker/network-broker.toml', '--log-format', 'json'];
      await lab.start('activated', [
        'systemd-socket-activate',
        '-l',
        '127.0.0.1:9219',
        `--setenv=PATH=${path}`,
        ...words,
      ]);
      await lab.until('metrics', async () => {
        const answer = await fetched(lab, '127.0.0.1:9219');
        return answer.includes('network_broker_info{version=') && answer;
      });
    }));
});
