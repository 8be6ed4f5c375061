// make bench [ARGS='[NAME] [ROUNDS]']: all measurements, or one of them; each prints its progress and a table. Some take ROUNDS.
import { spawnSync } from 'node:child_process';
import { fileURLToPath, URL } from 'node:url';

const what = {
  bench: "from networkd's signal to a script's first instruction, beside networkd-dispatcher",
  cycle: 'a cable pulled and plugged in on a link with DHCP, beside networkd-dispatcher',
  installed: 'the daemon as it is installed: start, memory, wake-ups',
  'link-json': 'the JSON of a link',
  leases: 'a lease file of 10,000 leases',
  routes: '100,000 routes that come and go',
  policy: 'policy rules that follow addresses, beside ip -batch',
  units: 'targets of the states of 300 links, beside a daemon without them',
  root: "from networkd's signal to a script of root's, beside networkd-dispatcher",
  replay: 'a trace of 1,000,000 events',
  netlink: '@network-stack/netlink beside its peers',
};
const names = Object.keys(what);

const [first, ...rest] = process.argv.slice(2);
const [asked, rounds] = first === undefined || /^\d+$/.test(first) ? [names, process.argv.slice(2)] : [[first], rest];
const unknown = asked.find(name => !names.includes(name));
if (unknown !== undefined) {
  console.error(`bench: expected ${names.join(', ')} or a number of rounds, found ${unknown}`);
  process.exit(2);
}

const directory = fileURLToPath(new URL('..', import.meta.url));
const run = (...command) => spawnSync(command[0], command.slice(1), { cwd: directory, stdio: 'inherit' }).status === 0;
const measure = name => {
  console.error(`\n== ${name}: ${what[name]}`);
  if (name === 'netlink') return run('npm', 'run', '--silent', '--workspace', 'packages/netlink', 'bench');
  const program = `test/.cache/${name}.mjs`;
  const args = asked.length === 1 || name === 'bench' ? rounds : []; // of all, only the first is meant
  return run('make', '--no-print-directory', program) && run(process.execPath, program, ...args);
};
const failed = asked.filter(name => !measure(name));
if (failed.length > 0) console.error(`bench: failed: ${failed.join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
