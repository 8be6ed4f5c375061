import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogFormat } from '../../../../src/model/config.js';
import type { Place } from '../../../../src/system/log/log.js';
import { openLog } from '../../../../src/system/log/log.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'broker-log-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const levels = ['debug', 'info', 'warn', 'error', 'fatal'] as const;
const logged = async (
  format: LogFormat,
  kind: Place['kind'],
  write: (log: Awaited<ReturnType<typeof openLog>>) => void,
): Promise<string> => {
  const file = join(directory, 'log');
  const fd = openSync(file, 'w');
  const log = await openLog(format, 'debug', { fd, kind, colour: false });
  write(log);
  log.flush();
  closeSync(fd);
  return readFileSync(file, 'utf8');
};
const each = (log: Awaited<ReturnType<typeof openLog>>) =>
  levels.forEach(level => log.write({ level, message: `a ${level}`, fields: { kind: 'test' } }));

describe('text', () => {
  test("in the journal is one line a record, after syslog's priority", async () => {
    expect(await logged('text', 'journal', each)).toBe('<7>a debug\n<6>a info\n<4>a warn\n<3>a error\n<2>a fatal\n');
  });

  test('in a file has time and level', async () => {
    const lines = (await logged('text', 'plain', each)).split('\n');
    expect(lines[1]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info a info$/);
    expect(lines).toHaveLength(6);
  });

  test('on a terminal is pretty, and shows no fields', async () => {
    const lines = (await logged('text', 'terminal', each)).split('\n');
    expect(lines[2]).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: a warn$/);
    expect(lines).toHaveLength(6);
  });

  test.each(['journal', 'plain', 'terminal'] as const)('in a %s no record can forge another line', async kind => {
    const forged = 'x\n<0>kernel panic\r\u001b[2J\u0085\u2028y';
    const text = await logged('text', kind, log =>
      log.write({ level: 'info', message: forged, fields: { line: forged } }),
    );
    expect(text.trimEnd()).toContain('x\\x0a<0>kernel panic\\x0d\\x1b[2J\\u0085\\u2028y');
    expect(text.split(/[\n\r\u0085\u2028]/)).toHaveLength(2);
  });
});

describe('json', () => {
  test('is one object a line: time, level, message and the fields', async () => {
    const fields = { kind: 'output', line: 'a\n\u001bb' };
    const text = await logged('json', 'journal', log => log.write({ level: 'warn', message: 'x\ny', fields }));
    expect(text.split('\n')).toHaveLength(2);
    expect(JSON.parse(text)).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      level: 'warn',
      message: 'x\ny',
      ...fields,
    });
  });
});

test('a name that is no UTF-8 is an escape in text, and is not lost in JSON', async () => {
  const record = { level: 'warn', message: 'wl\udce4n0', fields: { link: 'wl\udce4n0' } } as const;
  for (const kind of ['journal', 'plain', 'terminal'] as const)
    expect(await logged('text', kind, log => log.write(record))).toContain('wl\\xe4n0');
  expect(JSON.parse(await logged('json', 'plain', log => log.write(record)))).toMatchObject({
    message: 'wl\udce4n0',
    link: 'wl\udce4n0',
  });
});

test('what is less severe than the level is not written, and the level can change', async () => {
  const text = await logged('text', 'journal', log => {
    log.setLevel('error');
    each(log);
    log.setLevel('fatal');
    each(log);
  });
  expect(text).toBe('<3>a error\n<2>a fatal\n<2>a fatal\n');
});
