import { getBuiltinModule } from 'node:process';
import { Observable } from 'rxjs';

const WORDS = ['--what=sleep', '--mode=delay', '--who=network-broker', '--why=scripts in suspend.d', 'cat'];

/**
 * Holds systemd-logind's lock that delays sleep (InhibitDelayMaxSec=, logind.conf(5)) while subscribed, by systemd-inhibit(1):
 * the lock is a descriptor, which our own bus client cannot be sent. It ends when its standard input does, so with this process,
 * however that ends. Errors say why there is no lock.
 */
export const sleepInhibitor = new Observable<never>(out => {
  const { spawn } = getBuiltinModule('node:child_process'); // few need it: it is loaded then
  const child = spawn('systemd-inhibit', WORDS, { cwd: '/', stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(0, 1000)));
  child.stdin.on('error', () => undefined); // EPIPE: its end tells more
  child.on('error', error => out.error(new Error(`systemd-inhibit: ${error.message}`)));
  child.on('close', (code, signal) =>
    out.error(new Error(`systemd-inhibit ended (${code ?? signal})${said === '' ? '' : `: ${said.trim()}`}`)),
  );
  child.unref();
  return () => child.stdin.destroy();
});
