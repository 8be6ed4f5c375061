import { connect } from 'node:net';
import { catchError, Observable, of } from 'rxjs';
import { MAX_ROOT_REQUEST_BYTES, ROOT_SOCKET, type RootRequest, variablesWithFile } from '../../model/root-request.js';
import { errorCode } from '../files/error-code.js';
import { textOf } from '../files/regular-file.js';
import type { ProcessEvent, ProcessFailed, Processes, ProcessSpec, RunAs } from './processes.js';
import { isScarcity, outlasting } from './scarcity.js';
import { replyOf } from './root-reply.js';

/** Milliseconds in which it must have heard: it may have to be started first. */
const ANSWER_TIMEOUT_MS = 10_000;
/** Milliseconds in which a script must have been started: others of its link may run, those of an earlier daemon, too. */
const START_TIMEOUT_MS = 120_000;
/** Milliseconds after SIGKILL in which its end must have been told. */
const END_TIMEOUT_MS = 5_000;
/** Bytes of a reply: a line of output is no longer than 8 KiB, and JSON makes six bytes of one at most. */
const MAX_REPLY_BYTES = 128 * 1024;

const without = (variables: Readonly<Record<string, string>>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => !names.includes(name)));

/** The request for a run: in place of files of ours, which the executor does not read, what is in them. */
const requestFor = ({ path, args = [], env }: ProcessSpec, { tree, directory }: RunAs): string => {
  const files = variablesWithFile.map(name => `${name}_FILE`);
  const whole = variablesWithFile.flatMap(name => {
    const file = env[`${name}_FILE`];
    return file === undefined ? [] : [[name, textOf(file).replace(/\n$/, '')] as const];
  });
  const said = (variables: RootRequest['variables']): string => {
    const { path: paths, style } = tree;
    const script = path.slice(path.lastIndexOf('/') + 1);
    return `${JSON.stringify({ tree: { path: paths, style }, directory, script, args, variables } satisfies RootRequest)}\n`;
  };
  const short = without(env, ['PATH', ...files]);
  const long = said({ ...short, ...Object.fromEntries(whole.filter(([, text]) => text !== '')) });
  return Buffer.byteLength(long) <= MAX_ROOT_REQUEST_BYTES ? long : said(without(short, ['JSON']));
};

const again = (why: string): Error => Object.assign(new Error(why), { code: 'EAGAIN' });

/** The other end was closed before all was written to it. */
const isTurnedAway = (error: Error): boolean => ['EPIPE', 'ECONNRESET'].includes(errorCode(error));

/** Why there is no connection. */
const whyNot = (error: Error): string => {
  switch (errorCode(error)) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return 'there is no root executor: systemctl enable --now network-broker-root.socket';
    case 'EACCES':
    case 'EPERM':
      return `${ROOT_SOCKET} is for the user network-broker only`;
    default:
      return error.message;
  }
};
const BUSY = 'the root executor has too much to do, or ends again and again: systemctl status network-broker-root';

/**
 * Processes with those that have `as` run by the root executor. It ends a run that takes too long itself, by root's own configuration:
 * to kill it here is to wait for it no longer, and so is to unsubscribe.
 */
export const withRootExecutor = (own: Processes, path = ROOT_SOCKET): Processes => {
  /** how to give up what runs, by the pid that was told */
  const running = new Map<number, () => void>();

  const ask = (request: string): Observable<ProcessEvent> =>
    new Observable(out => {
      const socket = connect(path, () => socket.write(request));
      let rest = '';
      let isHeard = false;
      let pid: number | undefined;
      const giveUp = (why: string): void => {
        out.next({ kind: 'failed', error: why });
        out.complete();
      };
      let late: NodeJS.Timeout;
      const within = (ms: number, why: string): void => {
        clearTimeout(late);
        late = setTimeout(() => giveUp(why), ms);
      };
      const tell = (event: ProcessEvent): void => {
        if (event.kind === 'started') {
          clearTimeout(late);
          ({ pid } = event);
          running.set(pid, () => within(END_TIMEOUT_MS, 'the root executor does not say that it has ended'));
        }
        out.next(event);
        if (event.kind === 'exited' || event.kind === 'failed') out.complete();
      };
      const take = (line: string): void => {
        const reply = replyOf(line);
        if (reply === undefined) giveUp('the root executor said what is no reply');
        else if (reply.kind === 'refused') giveUp(`the root executor refuses it: ${reply.why}`);
        else if (reply.kind !== 'accepted') tell(reply);
        else {
          isHeard = true;
          within(START_TIMEOUT_MS, `the root executor has not started it within ${START_TIMEOUT_MS / 1000} s`);
        }
      };
      within(ANSWER_TIMEOUT_MS, `the root executor does not answer within ${ANSWER_TIMEOUT_MS / 1000} s`);
      socket.setEncoding('utf8');
      socket.on('data', chunk => {
        const lines = `${rest}${String(chunk)}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (!out.closed) take(line);
        if (rest.length > MAX_REPLY_BYTES && !out.closed) giveUp('the root executor said what is no reply');
      });
      socket.on('error', error => {
        if (isHeard) return;
        if (isScarcity(error) || isTurnedAway(error)) out.error(again(error.message));
        else giveUp(whyNot(error));
      });
      socket.on('close', () => {
        if (isHeard) giveUp('the root executor ended before the script did: systemctl status network-broker-root');
        else out.error(again('the connection was closed'));
      });
      return () => {
        clearTimeout(late);
        if (pid !== undefined) running.delete(pid);
        socket.destroy();
      };
    });

  const runAs = (spec: ProcessSpec, as: RunAs): Observable<ProcessEvent> => {
    const request = requestFor(spec, as);
    return ask(request).pipe(
      outlasting(),
      catchError(() => of<ProcessFailed>({ kind: 'failed', error: BUSY })),
    );
  };

  return {
    run: spec => (spec.as === undefined ? own.run(spec) : runAs(spec, spec.as)),
    signal: (group, name) => {
      const leave = running.get(group);
      if (leave === undefined) own.signal(group, name);
      else if (name === 'SIGKILL') leave();
    },
    warmUp: own.warmUp,
  };
};
