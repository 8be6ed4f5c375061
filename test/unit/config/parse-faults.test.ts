import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseConfig } from '../../../src/config/parse.js';

const parse = (...texts: readonly string[]) =>
  parseConfig(texts.map((text, i) => ({ file: i === 0 ? 'broker.toml' : `broker.toml.d/${i}.toml`, text })));
const messages = (...texts: readonly string[]) => parse(...texts).faults.map(f => `${f.severity}: ${f.message}`);
describe('faults', () => {
  test('all wrong values of all files are named at once, and there is no configuration then', () => {
    const texts = [
      `# comment
[System]
LogLevel = "loud"
Generator = "networkd"
[Network]
EmitJSON = "maybe"
RulePriority = 32766
[Scripts]
TimeoutSec = 0
MaxParallel = 0`,
      '[Events]\n\nDebounceSec = -1\n[Network]\nDNSVia = "dnsmasq"\nDHClientLeaseFiles = "leases"\nLinks = 5',
    ];
    expect(parse(...texts).config).toBeUndefined();
    expect(messages(...texts).sort()).toEqual([
      'error: broker.toml.d/1.toml:3: [Events] DebounceSec: expected seconds: a number from 0 to 2147483; found -1',
      'error: broker.toml.d/1.toml:5: [Network] DNSVia: expected one of resolved, networkd; found "dnsmasq"',
      'error: broker.toml.d/1.toml:6: [Network] DHClientLeaseFiles: expected absolute paths or shell globs of *, ? and […] in their last part, as a string separated by white space or an array of strings; found "leases"',
      'error: broker.toml.d/1.toml:7: [Network] Links: expected link names or shell globs of *, ? and […], as a string separated by white space or an array of strings; found 5',
      'error: broker.toml:10: [Scripts] MaxParallel: expected a whole number, at least 1; found 0',
      'error: broker.toml:3: [System] LogLevel: expected one of debug, info, warn, error, fatal; found "loud"',
      'error: broker.toml:4: [System] Generator: expected one or several of systemd-networkd, dhclient, rtnetlink; found "networkd"',
      'error: broker.toml:6: [Network] EmitJSON: expected true or false; found "maybe"',
      'error: broker.toml:7: [Network] RulePriority: expected a whole number from 1 to 32765; found 32766',
      'error: broker.toml:9: [Scripts] TimeoutSec: expected seconds: a number greater than 0, at most 2147483; found 0',
    ]);
  });

  test.each([
    ['TableBase = 254', false],
    ['TableBase = 255', true],
    ['TableBase = 2147483648', true],
    ['TableBase = 2147483649', false],
    ['RulePriority = 1', true],
    ['RulePriority = 32765', true],
    ['RulePriority = 0', false],
    ['RulePriority = 1.5', false],
    ['RulePriority = ""', false],
    ['RulePriority = "0x10"', false],
    ['RulePriority = nan', false],
    ['RulePriority = inf', false],
    ['RulePriority = true', false],
    ['UseDNS = 1', false],
    ['UseDNS = "si"', false],
    ['UseDNS = []', false],
    ['Links = ["eth0", 5]', false],
    ['Links = [""]', false],
    ['Links = { a = 1 }', false],
    ['DNSVia = ["resolved"]', false],
    ['DNSVia = 1979-05-27', false],
  ])('[Network] %s: accepted is %s', (line, accepted) => {
    expect(parse(`[Network]\n${line}`).config !== undefined).toBe(accepted);
  });

  test('no generator at all is an error', () => {
    expect(messages('[System]\nGenerator = ""')[0]).toContain('expected one or several of');
  });

  test('text that is not TOML is an error with line and column, and the other files are checked all the same', () => {
    expect(messages('[System]\nLogLevel=debug\n', '[Scripts]\nMaxParallel = 0')).toEqual([
      'error: broker.toml:2:10: not TOML: invalid value; strings need quotes',
      'error: broker.toml.d/1.toml:2: [Scripts] MaxParallel: expected a whole number, at least 1; found 0',
    ]);
  });

  test('an unknown key is a warning that names the nearest one, and nothing else is lost', () => {
    const text = '[System]\nLogLevl = "debug"\nLogFormat = "json"';
    expect(messages(text)).toEqual([
      'warn: broker.toml:2: ignored: [System] has no key LogLevl; did you mean LogLevel?',
    ]);
    expect(parse(text).config?.system.logFormat).toBe('json');
  });

  test('an unknown key that is near to none is a warning that names those there are', () => {
    expect(messages('[Events]\nColour = "red"')).toEqual([
      'warn: broker.toml:2: ignored: [Events] has no key Colour; known are DebounceSec, ScriptsOnRenewal',
    ]);
  });

  test('a key in the wrong section, or in none, is a warning that names its section', () => {
    expect(messages('UseDNS = true\n[System]\nDebounceSec = 1')).toEqual([
      'warn: broker.toml:1: ignored: UseDNS belongs in [Network]',
      'warn: broker.toml:3: ignored: DebounceSec belongs in [Events]',
    ]);
  });

  test('an unknown section is a warning that names the nearest one', () => {
    expect(messages('[Netwrk]\nColour = 1')).toEqual([
      'warn: broker.toml:2: ignored: no section is called [Netwrk]; did you mean Network?',
    ]);
  });

  test('a section that is no table is an error', () => {
    expect(messages('Network = "eth0"')).toEqual(['error: broker.toml:1: expected a section [Network], found "eth0"']);
  });

  test('the same key in two spellings is an error that names both places', () => {
    expect(messages('[System]\nLogLevel = "info"\n[system]\nlogLEVEL = "warn"')).toEqual([
      'error: broker.toml:4: [System] logLEVEL: already set at broker.toml:2; remove one',
    ]);
  });

  test('a table below a section is a warning', () => {
    expect(messages('[System.Deep]\nx = 1')).toEqual([
      'warn: broker.toml:1: ignored: [System] has no key Deep; known are LogLevel, LogFormat, Generator, Trace',
    ]);
  });

  test('names that objects inherit are as unknown as others', () => {
    expect(messages('[System]\nconstructor = 1\ntoString = 2').map(m => m.slice(0, 55))).toEqual([
      'warn: broker.toml:2: ignored: [System] has no key const',
      'warn: broker.toml:3: ignored: [System] has no key toStr',
    ]);
  });

  test('no text at all makes it throw, and without an error there is always a configuration', () => {
    const name = fc.constantFrom('System', 'Network', 'LogLevel', 'Links', 'UseDNS', '__proto__', 'x');
    const value = fc.oneof(fc.json(), fc.constantFrom('"true"', '1', '{}', '[[]]', 'inf'), fc.string());
    const line = fc.oneof(
      name.map(n => `[${n}]`),
      fc.tuple(name, value).map(([n, v]) => `${n} = ${v}`),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line), lines => {
        const { config: read, faults } = parse(lines.join('\n'));
        expect(read === undefined).toBe(faults.some(f => f.severity === 'error'));
      }),
    );
  });
});

describe('what somebody hostile writes', () => {
  const names = ['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'];

  test.each(names)('no value is taken for another because an object has it: %s', name => {
    const text = `[System]\nLogLevel = "${name}"\nLogFormat = "${name}"\nGenerator = "${name}"\n[Network]\nUseDNS = "${name}"\nEmitJSON = "${name}"\nDNSVia = "${name}"\n`;
    expect(messages(text).filter(message => message.includes(JSON.stringify(name)))).toHaveLength(6);
    expect(parse(text).config).toBeUndefined();
  });

  test.each(names)('no name is known because an object has it: %s', name => {
    expect(messages(`[${name}]\nLogLevel = "debug"\n`)).toEqual([expect.stringMatching(/ignored/)]);
    expect(messages(`[System]\n${name} = "debug"\n`)).toEqual([expect.stringMatching(/ignored/)]);
  });

  test.each([
    ['unknown keys', (n: number) => `[System]\n${Array.from({ length: n }, (_, i) => `LogLevl${i} = 1`).join('\n')}`],
    ['unknown sections', (n: number) => Array.from({ length: n }, (_, i) => `[Systm${i}]\nx = 1`).join('\n')],
  ])('20,000 %s cost less than 2 s of a processor, and the first are named and the others counted', (_, text) => {
    const before = process.cpuUsage();
    const found = messages(text(20_000));
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000); // µs; the machine may be busy with others
    expect(found).toHaveLength(21);
    expect(found[0]).toMatch(/^warn: broker\.toml:2: ignored: /);
    expect(found.at(-1)).toBe('warn: and 19,980 more that are ignored');
  });

  test('a wrong value behind ever so many unknown keys is named', () => {
    const unknown = Array.from({ length: 1000 }, (_, i) => `x${i} = 1`).join('\n');
    expect(messages(`[System]\n${unknown}\nLogLevel = "loud"`).at(-1)).toMatch(
      /^error: broker\.toml:1002: \[System\] LogLevel: expected one of/,
    );
  });

  test('the same key in ever so many spellings is an error, the first are named and the others counted', () => {
    const spellings = Array.from({ length: 256 }, (_, n) =>
      Array.from('loglevel', (letter, bit) => (((n >> bit) & 1) === 1 ? letter.toUpperCase() : letter)).join(''),
    );
    const found = messages(`[System]\n${spellings.map(name => `${name} = "info"`).join('\n')}`);
    expect(found).toHaveLength(21);
    expect(found.at(-1)).toBe('error: and 235 more keys that are set twice');
  });

  test.each([
    ['a long key', `${'a'.repeat(500_000)} = 1`],
    ['a key of white space', `"${' '.repeat(500_000)}" = 1`],
    ['a section of white space', `["${' '.repeat(500_000)}"]\nx = 1`],
    ['a line of white space', `x = 1\n${' '.repeat(500_000)}\ny = 1`],
    ['a line of brackets', `x = """\n${'['.repeat(500_000)}\n"""`],
    ['a long value', `[System]\nLogLevel = "${'a'.repeat(500_000)}"`],
  ])('%s costs less than 2 s of a processor and is not repeated at length', (_, text) => {
    const before = process.cpuUsage();
    const found = messages(text).join('\n');
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000); // µs; the machine may be busy with others
    expect(found.length).toBeLessThan(1000);
  });
});
