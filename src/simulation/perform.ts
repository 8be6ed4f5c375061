import type { Daemon } from './simulated-daemon.js';
import { CONFIG } from './simulated-daemon.js';
import type { Host } from './host/host.js';

/** Milliseconds that a service takes from stop to start. */
const RESTART_MS = 300;

/** Does what an action says. What cannot be done at the time is not done: a plan that was shrunk has such. */
export const perform = (host: Host, daemon: Daemon, text: string): void => {
  const { kernel, networkd, bus, faults, disk, time } = host;
  const [what = '', ...words] = text.split(' ');
  const [first = '', second = '', third = '1'] = words;
  switch (what) {
    case 'ip':
      kernel.ip(words.join(' '));
      return;
    case 'plug':
    case 'unplug':
      kernel.plug(first, what === 'plug');
      return;
    case 'swap':
      if (kernel.ip(`link set ${first} name swapped`) !== undefined) return;
      kernel.ip(`link set ${second} name ${first}`);
      kernel.ip(`link set swapped name ${second}`);
      return;
    case 'networkctl':
      networkd.reconfigure(second);
      return;
    case 'kill':
      daemon.kill();
      time.after(RESTART_MS, daemon.start);
      return;
    case 'overrun':
      daemon.overrun();
      return;
    case 'fault':
      faults.order(first, second, Number(third));
      return;
    case 'bus':
      if (first === 'die') bus.die(Number(second));
      else bus.silence(Number(second));
      return;
    case 'dhclient':
      dhclient(host, first, second, Number(third));
      return;
    case 'hostname':
      host.hostnamed.set(first);
      return;
    case 'suspend':
      host.logind.prepareForSleep(true);
      time.after(500, () => {
        host.setClock(Number(first));
        host.logind.prepareForSleep(false);
      });
      return;
    case 'date':
      host.setClock(Number(first));
      return;
    case 'configure':
      disk.write(CONFIG, String(JSON.parse(words.join(' '))));
      return;
    case 'systemctl':
      service(host, daemon, first, second);
      return;
    default:
      throw new Error(`expected an action, found ${text}`);
  }
};

const service = (
  { networkd, resolved, hostnamed, time, disk }: Host,
  daemon: Daemon,
  verb: string,
  name: string,
): void => {
  if (name === 'network-broker') {
    if (verb === 'start') daemon.start();
    else if (verb === 'reload') daemon.reload();
    else if (verb === 'misconfigure') {
      // Somebody saves half a file, has it read, and puts it right.
      const right = disk.text(CONFIG);
      disk.write(CONFIG, `${right ?? ''}MaxParallel="many"\n`);
      daemon.reload();
      disk.write(CONFIG, right);
    } else daemon.stop();
    if (verb === 'restart') {
      // systemd starts it when it has ended.
      const again = (): void => {
        if (daemon.isRunning()) time.after(RESTART_MS, again);
        else daemon.start();
      };
      time.after(RESTART_MS, again);
    }
    return;
  }
  if (name === 'systemd-hostnamed') {
    hostnamed.restart();
    return;
  }
  const { start, stop } = name === 'systemd-resolved' ? resolved : networkd;
  if (verb === 'start') start();
  else stop();
  if (verb === 'restart') time.after(RESTART_MS, start);
};

const dhclient = ({ dhclient: client }: Host, verb: string, link: string, nth: number): void => {
  switch (verb) {
    case 'bind':
      client.bind(link, nth);
      return;
    case 'renew':
      client.renew();
      return;
    case 'release':
      client.release();
      return;
    case 'starve':
      client.starve();
      return;
    case 'rewrite':
      client.rewrite();
      return;
    default:
      throw new Error(`expected bind, renew, release, starve or rewrite, found ${verb}`);
  }
};
