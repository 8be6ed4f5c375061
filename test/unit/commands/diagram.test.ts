import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { diagram } from '../../../src/commands/diagram.js';
import type { Options } from '../../../src/config/options.js';
import { config, link } from '../../../src/testing/builders.js';
import { writeHeader } from '../../../src/trace/format.js';
import { encode } from '../../../src/trace/json.js';
import { emptyHeader } from '../trace/empty-header.js';

let directory = '';
let written = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'diagram-'));
  written = '';
  jest.spyOn(process.stdout, 'write').mockImplementation(text => {
    written += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

const options: Options = { config: '', scriptDirectory: '/', system: {} };
/** A link whose name has every character that a kernel takes and a terminal or XML does not, and some more. */
const name = 'a\u001b[2J\u0007\u0000\u007f\u009b\ud800\udce4\ufffe\uffff<&>"\'\u202e';
const lines = [
  writeHeader(emptyHeader),
  encode({ at: 1, input: { kind: 'config', config: config({}) } }),
  encode({ at: 2, input: { kind: 'kernel-dump', afterLoss: false, links: [link(2, 'eth0')], addresses: [] } }),
  encode({ at: 3, input: { kind: 'kernel', changes: [{ what: 'link', link: link(2, name) }] } }),
  encode({ at: 4, input: { kind: 'fault', fault: { kind: 'fault', severity: 'warn', code: 'x', message: name } } }),
];

const drawn = async (...flags: readonly string[]): Promise<string> => {
  const path = join(directory, 'trace');
  writeFileSync(path, `${lines.join('\n')}\n`);
  expect(await diagram(options, { words: [path], flags, values: {} })).toBe(0);
  return written;
};

test('a diagram shows no character that is for terminals', async () => {
  const text = await drawn();
  expect(text).toContain('a\\x1b[2J\\x07');
  expect(text).not.toMatch(/[^\P{C}\n]/u);
});

const python = spawnSync('python3', ['-c', 'import xml.etree.ElementTree']).status === 0;
if (!python) console.warn('skipped: the picture is not read by an XML parser (no python3 with xml.etree)');
(python ? test : test.skip)('its picture is well-formed XML', async () => {
  const path = join(directory, 'picture.svg');
  writeFileSync(path, await drawn('svg'));
  const read = 'import sys, xml.etree.ElementTree as e; print(len(e.parse(sys.argv[1]).findall(".//{*}circle")))';
  expect(Number(execFileSync('python3', ['-c', read, path]))).toBeGreaterThan(0);
});
