import { expect, test } from '@jest/globals';
import { configurationManual } from '../../../src/config/key-manual.js';
import { roffOf } from '../../../src/config/roff.js';
import { keys } from '../../../src/config/schema.js';

const page = configurationManual('1.2.3');

test('every key of the table is described', () => {
  for (const { name } of keys) expect(page).toContain(`.TP\n\\fB${name}\\fR\n`);
});

test('is a page of section 5 and carries the version', () => {
  expect(page.split('\n')[0]).toBe('.TH NETWORK\\-BROKER.TOML 5 "" "network\\-broker 1.2.3" ""');
});

test('no line is taken for an instruction that is none', () => {
  const instructions = page.split('\n').filter(line => /^[.']/.test(line));
  expect(new Set(instructions.map(line => line.split(' ')[0]))).toEqual(
    new Set(['.TH', '.ad', '.SH', '.PP', '.TP', '.IP', '.br']),
  );
  expect(roffOf(".profile\n'quoted' \\n")).toBe("\\&.profile\n\\&'quoted' \\en");
});

test('the Markdown of the table does not show', () => {
  expect(roffOf('see [log.md](log.md) and `--log-level`')).toBe('see log.md and \\fB\\-\\-log\\-level\\fR');
  expect(page).not.toMatch(/`|\]\(/);
});
