import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeBooted, release } from '../lab/systems/booted.js';
import { installWithLinks } from '../lab/packages/installed.js';
import { bootSystem, type System } from '../lab/systems/system.js';

/** Says how it was run, and when. */
const recorder = `#!/bin/sh
date +%s%N >/run/began
{
  echo "name: $0 $*"
  echo "user: $(id -u) $(id -G)"
  echo "place: $(pwd) $(umask) $(ulimit -n)"
  echo "descriptors: $(ls /proc/self/fd | wc -l)" # those of ls: three, and the directory
  echo "group: $(sed -n 's/^0:://p' /proc/self/cgroup)"
  grep -E '^(SigBlk|SigIgn|CapEff)' /proc/self/status
  env
} >/run/recorded.new
[ -z "$ADDRESSES_FILE" ] || { echo "file:"; stat -c '%U %a' "$ADDRESSES_FILE"; cat "$ADDRESSES_FILE"; } >>/run/recorded.new
mv /run/recorded.new /run/recorded
`;
const configuration = `[System]
Generator = "rtnetlink"
[Scripts]
TimeoutSec = 3
[[Tree]]
Path = "/etc/root-hooks"
User = "root"
`;
/** Milliseconds: on a machine that does nothing else it is a tenth of it, see docs/root.md. */
const MAX_COLD_MS = 2500;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

describeBooted(`scripts of root's, on Debian ${release} booted by its own systemd`, () => {
  let system: System;
  const sh = (commands: string): Promise<string> => system.sh(commands);
  const unit = async (property: string, name = 'network-broker-root.service'): Promise<string> =>
    (await sh(`systemctl show -P ${property} ${name}`)).trim();
  const log = (): Promise<string> => sh('journalctl -u network-broker -o cat --no-pager');
  const said = (words: string): Promise<boolean> => system.until(words, async () => (await log()).includes(words), 30);
  let last = 0;
  const next = (): string => {
    last += 1;
    return `192.0.2.${last}/32`;
  };
  /** Gives eth0 one more address. */
  const happens = async (): Promise<string> => {
    const address = next();
    await sh(`ip address add ${address} dev eth0`);
    return address;
  };
  const recorded = async (): Promise<readonly string[]> => {
    const text = await system.until('the script', async () => (await system.read('/run/recorded')) || false, 30);
    await sh('rm /run/recorded');
    return text.trim().split('\n');
  };
  /** Milliseconds from an address of its link to the first line of the script. */
  const latency = async (): Promise<number> => {
    const answer = await sh(`
      rm -f /run/began
      before=$(date +%s%N)
      ip address add ${next()} dev eth0
      until [ -s /run/began ]; do sleep 0.005; done
      echo $(( ($(cat /run/began) - before) / 1000 ))`);
    await recorded();
    return Number(answer) / 1000;
  };
  const hook = (name: string, body: string): Promise<void> =>
    system.write(`/etc/root-hooks/addresses.d/${name}`, `#!/bin/sh\n${body}\n`, 0o755);
  const without = (name: string): Promise<string> => sh(`rm /etc/root-hooks/addresses.d/${name}`);

  beforeAll(async () => {
    system = await bootSystem(release);
    await installWithLinks(system, release, ['10-eth0']);
    await system.write('/etc/network-broker/network-broker.toml', configuration);
    await system.write('/etc/root-hooks/addresses.d/10-record', recorder, 0o755);
    await sh('systemctl start network-broker');
  });
  afterAll(async () => {
    await system.close();
  });

  test('do not run before the socket is enabled: the log says what to do', async () => {
    expect(await unit('UnitFileState', 'network-broker-root.socket')).toBe('disabled');
    await happens();
    await said('systemctl enable --now network-broker-root.socket');
    expect(await unit('ActiveState')).toBe('inactive');
  });

  test('run as root from a place of its own, with what was checked and nothing of the daemon', async () => {
    await sh('systemctl enable --now network-broker-root.socket 2>&1');
    const address = await happens();
    const lines = await recorded();
    expect(lines).toEqual(
      expect.arrayContaining([
        'name: /etc/root-hooks/addresses.d/10-record ',
        'user: 0 0',
        'place: / 0022 1024',
        'descriptors: 4',
        expect.stringMatching(/^group: \/system\.slice\/network-broker-root\.service\/run-\d+$/),
        'SigBlk:\t0000000000000000',
        // but for those of glibc itself, 32 and 33, which systemd may have ignored for what it starts, and no sigaction(3) reaches
        expect.stringMatching(/^SigIgn:\t0{7}[01][08]0{7}$/),
        expect.stringMatching(/^CapEff:\t0000000038a4fdff$/),
        'EVENT=address',
        'LINK=eth0',
        `ADDRESS=${address}`,
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        'ADDRESSES_FILE=/run/network-broker-root/files/addresses',
      ]),
    );
    expect(lines.slice(lines.indexOf('file:'))).toEqual(['file:', 'root 644', `added ${address}`]);
    expect(await sh('ls /run/network-broker-root/files')).toBe('');
  });

  test('say what they write, and how they ended, in the log of the daemon', async () => {
    await hook('20-says', 'echo "hello from $(id -un)"; exit 3');
    await happens();
    await said('hello from root');
    await said("'/etc/root-hooks/addresses.d/20-says' exited with status 3");
    await without('20-says');
  });

  test('may write as much as they like: what is beyond OutputLimit is counted, and the rest arrives', async () => {
    await hook('20-talks', 'seq 1 300000');
    await happens();
    await said("'/etc/root-hooks/addresses.d/20-talks' exited with status 0");
    expect(await log()).toMatch(/20-talks: 20000$/m);
    await without('20-talks');
  });

  test('have the states of their link, and its JSON in a file', async () => {
    await system.write(
      '/etc/root-hooks/no-carrier.d/10-json',
      '#!/bin/sh\necho "now $STATE, $(head -c 9 "$JSON_FILE")"\n',
      0o755,
    );
    await sh('ip -n router link set to-eth0 down');
    await said('now no-carrier, {"');
    await sh('ip -n router link set to-eth0 up');
  });

  test('are ended with all that they started when they take too long', async () => {
    await hook('20-hangs', 'setsid sh -c \'trap "" TERM; echo $$ >/run/hanging; exec sleep 1000\' &\nsleep 1000');
    await happens();
    await said("'/etc/root-hooks/addresses.d/20-hangs' was killed by SIGTERM (timed out)");
    await system.until(
      'its child to end',
      async () => (await sh('kill -0 "$(cat /run/hanging)" 2>/dev/null && echo yes || true')) === '',
    );
    await without('20-hangs');
  });

  test('are started quickly, also when the executor has to be started first', async () => {
    const cold: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      await sh('systemctl stop network-broker-root.service 2>&1');
      cold.push(await latency());
    }
    const warm: number[] = [];
    for (let n = 0; n < 15; n += 1) warm.push(await latency());
    process.stderr.write(`from the address to the script: cold ${cold.join(' ')} ms, warm ${median(warm)} ms\n`);
    expect(median(cold)).toBeLessThan(MAX_COLD_MS);
    expect(median(warm)).toBeLessThan(median(cold));
  });

  test('are told as failed when the executor dies, which ends neither the daemon nor the socket, however often', async () => {
    await hook('20-dies', 'kill -9 "$(systemctl show -P MainPID network-broker-root.service)"; sleep 100');
    await happens();
    await said('the root executor ended before the script did');
    await without('20-dies');
    for (let n = 0; n < 30; n += 1)
      await sh(`systemctl kill -s KILL network-broker-root.service 2>/dev/null || true
        timeout 5 setpriv --reuid network-broker --clear-groups node -e 'require("net").connect("/run/network-broker-root.sock", function () { this.end("x\\n") }).resume().on("error", () => {})'`);
    expect(await unit('ActiveState', 'network-broker-root.socket')).toBe('active');
    await sh('rm -f /run/recorded');
    const address = await happens();
    expect(await recorded()).toContain(`ADDRESS=${address}`);
  });

  test('are refused, and the log says why, when root’s configuration does not name their tree any more', async () => {
    await system.write('/etc/network-broker/network-broker.toml', configuration.replace('User = "root"', ''));
    await sh('sleep 0.3; rm -f /run/recorded');
    await happens();
    await said("the root executor refuses it: root's configuration gives root no such tree");
    await system.write('/etc/network-broker/network-broker.toml', configuration);
    await sh('sleep 0.3; systemctl reload network-broker');
  });

  test('run with hardened.conf, too', async () => {
    await sh(`install -D -m 0644 "$(dpkg -L network-broker | grep /hardened.conf)" /etc/systemd/system/network-broker.service.d/hardened.conf
      systemctl daemon-reload; systemctl restart network-broker; rm -f /run/recorded`);
    const address = await happens();
    expect(await recorded()).toContain(`ADDRESS=${address}`);
  });

  test('leave nothing running: the executor ends after 30 s without a script', async () => {
    await system.until('the executor to end', async () => (await unit('ActiveState')) === 'inactive', 60);
    expect(await unit('Result')).toBe('success');
    expect(await sh('journalctl -u network-broker-root -o cat --no-pager')).toMatch(/network-broker: ran \d+ scripts/);
    expect(await unit('ActiveState', 'network-broker-root.socket')).toBe('active');
  });
});
