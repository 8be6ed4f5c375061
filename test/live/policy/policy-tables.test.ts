import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Broker, configureBroker, scriptDirectory, startBroker, untilLogged } from '../lab/daemons/broker.js';
import { checkout } from '../lab/checkout.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { ownRules } from './kernel.js';

let lab: Lab;
let broker: Broker | undefined;
afterEach(async () => {
  await broker?.stop();
  broker = undefined;
  await lab.close();
});

const configure = (more = ''): Promise<void> =>
  configureBroker(
    lab,
    `[System]\nGenerator = "rtnetlink"\n[Network]\nRoutingPolicyRules = "eth1"\nEmitJSON = false\n${more}`,
  );
const rule = 'fwmark 7 lookup 10010 priority 50';
/** By which link a packet with that mark leaves for somebody far away. */
const wayOut = async (mark = 7): Promise<string> =>
  /dev (\S+)/.exec(await lab.sh(`ip route get 198.51.100.1 mark ${mark}`))?.[1] ?? '';
const untilRules = (expected: readonly string[]): Promise<true> =>
  lab.until(`these rules of ours: ${expected.join()}`, async () => {
    const lookups = (await ownRules(lab)).map(line => /lookup (\d+)/.exec(line)?.[1] ?? '');
    return JSON.stringify(lookups) === JSON.stringify(expected);
  });

describeLive('a table 9999 + ifindex that the administrator uses himself', () => {
  beforeEach(async () => {
    lab = await openLab();
    await lab.sh(`for n in 0 1; do
        ip link add eth$n index $((n + 10)) type veth peer name to$n; ip link set to$n up; ip link set eth$n addrgenmode none up
        ip address add 10.0.$n.5/24 dev eth$n
      done
      ip route add default via 10.0.0.1; ip route add default via 10.0.1.1 metric 7
      ip rule add ${rule}`);
  });

  test('his packets keep their way; check, the log and status name his rule; without it, the table is ours', async () => {
    await configure();
    expect(await wayOut()).toBe('eth0');
    const program = `${checkout}/bin/network-broker`;
    expect(
      await lab.sh(`${program} check --config ${scriptDirectory}/network-broker.toml || true`, {
        env: { PATH: `${process.execPath.replace(/\/node$/, '')}:/usr/sbin:/usr/bin:/sbin:/bin` },
      }),
    ).toMatch(
      /^warn +policy tables +table 10010 of eth1 is left empty: it is used by rule from all fwmark 0x7 lookup 10010 priority 50 \(protocol \d+\)/m,
    );

    broker = await startBroker(lab);
    await untilLogged(
      lab,
      broker,
      'the rule of somebody else',
      ({ code, message }) => code === 'policy-conflict' && message.includes('fwmark 0x7'),
    );
    expect(await ownRules(lab)).toEqual([]);
    expect(await wayOut()).toBe('eth0');

    await lab.sh(`ip rule delete ${rule}`);
    await untilRules(['10010', '10010']);
    await lab.sh(`ip rule add ${rule}`);
    await untilRules([]);
    expect(await lab.sh('ip route show table 10010 2>&1 || true')).not.toContain('default');
    expect(await wayOut()).toBe('eth0');
    expect(broker.log().filter(({ code }) => code === 'policy-conflict')).toHaveLength(2);
  });

  test('another TableBase= makes way for him, also on a reload', async () => {
    await lab.sh(`ip rule delete ${rule}`);
    await configure();
    broker = await startBroker(lab);
    await untilRules(['10010', '10010']);
    await configure('TableBase = 20000\n');
    await lab.sh(`ip rule add ${rule}; kill -HUP ${broker.pid}`);
    await untilRules(['20011', '20011']);
    await lab.until('the old table to be empty', async () => {
      const routes = await lab.sh('ip route show table all proto 217');
      return routes.includes('table 20011') && !routes.includes('table 10010');
    });
    expect(await wayOut()).toBe('eth0');
    expect(await lab.sh('ip route get 198.51.100.1 from 10.0.1.5')).toContain('dev eth1');
  });
});
