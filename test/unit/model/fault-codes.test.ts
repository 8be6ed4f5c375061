import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { customFault, fault } from '../../../src/model/fault.js';
import { type FaultEntry, faultCodes } from '../../../src/model/fault-codes.js';

const entries = Object.entries<FaultEntry>(faultCodes);
const codes = entries.map(([code]) => code);

test('codes are lower-case words, in the order of the alphabet', () => {
  for (const code of codes) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  expect(codes).toEqual(codes.toSorted());
});

test.each(entries)('%s says in sentences what it means and what to do', (_, { meaning, remedy }) => {
  for (const text of [meaning, remedy]) expect(text).toMatch(/^([A-Z]|systemd-).*\.$/);
});

test('every code is told somewhere', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' });
  const sources = files.filter(file => file.endsWith('.ts') && !file.endsWith('fault-codes.ts'));
  const text = sources.map(file => readFileSync(`src/${file}`, 'utf8')).join('\n');
  expect(codes.filter(code => !text.includes(`'${code}'`))).toEqual([]);
});

test('a fault has the severity of its code', () => {
  expect(fault('source-lost', 'gone')).toEqual({
    kind: 'fault',
    severity: 'warn',
    code: 'source-lost',
    message: 'gone',
  });
  expect(fault('defect', 'oh', 1)).toMatchObject({ severity: 'error', cause: 1 });
});

test('a code outside the catalogue does not compile, but for those of extensions', () => {
  // @ts-expect-error -- no such code
  expect(() => fault('sorce-lost', 'gone')).toThrow();
  expect(customFault('warn', 'webhook-failed', 'no answer')).toMatchObject({
    severity: 'warn',
    code: 'webhook-failed',
  });
});
