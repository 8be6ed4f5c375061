import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/parse.js';
import { tree } from '../../../src/testing/builders.js';

const read = (text: string) => parseConfig([{ file: 'c.toml', text }]);

describe('[[Tree]]', () => {
  test('tables are read in their order, with those of their directories', () => {
    const text = `[[Tree]]
Style = "networkd-dispatcher"
startuptriggers = "yes"
[Tree."routable.d"]
TimeoutSec = 5
[Tree."carrier.d"]
timeoutsec = 6
Links = "eth*"
[[tree]]
Path = ["/opt/hooks"]
[[tree]]
User = ""
TimeoutSec = ""
[tree."links.d"]
Links = "wlan*"
`;
    expect(read(text.replaceAll('[[tree', '[[Tree').replaceAll('[tree', '[Tree'))).toEqual({
      faults: [],
      config: expect.objectContaining({
        trees: [
          tree({
            style: 'networkd-dispatcher',
            startup: true,
            directories: [
              { name: 'routable.d', timeoutSec: 5, links: undefined },
              { name: 'carrier.d', timeoutSec: 6, links: ['eth*'] },
            ],
          }),
          tree({ path: ['/opt/hooks'] }),
          tree({ directories: [{ name: 'links.d', timeoutSec: undefined, links: ['wlan*'] }] }),
        ],
      }),
    });
  });

  test.each([
    ['Path = "opt"', 'c.toml:1, table 1: [[Tree]] Path: expected absolute paths, without . and ..'],
    ['Path = "/opt/../etc"', 'c.toml:1, table 1: [[Tree]] Path: expected absolute paths'],
    ['Path = "/opt:"', 'c.toml:1, table 1: [[Tree]] Path: expected absolute paths'],
    ['Path = "/"', 'c.toml:1, table 1: [[Tree]] Path: expected absolute paths'],
    ['Path = ["/a:b"]', 'c.toml:1, table 1: [[Tree]] Path: expected absolute paths'],
    ['Path = []', 'c.toml:1, table 1: [[Tree]] Path: expected absolute paths'],
    ['Style = "dhcpcd"', 'c.toml:1, table 1: [[Tree]] Style: expected one of network-broker, networkd-dispatcher'],
    ['User = "nobody"', 'c.toml:1, table 1: [[Tree]] User: expected one of root; found "nobody"'],
    ['User = "root"', 'c.toml:1, table 1: [[Tree]]: expected Path with User = "root", found none'],
    ['[Tree."a.d"]\nTimeoutSec = 0', 'c.toml:1, table 1: [Tree."a.d"] TimeoutSec: expected seconds'],
    ['[Tree."a.d"]\nPath = "/a"', 'c.toml:1, table 1: ignored: Path belongs in [[Tree]]'],
    [
      '[Tree."a.d"]\nTimeout = 1',
      'c.toml:1, table 1: ignored: [Tree."a.d"] has no key Timeout; did you mean TimeoutSec?',
    ],
    [
      '[Tree."a.d"]\nLinks = "a"\nlinks = "b"',
      'c.toml:1, table 1: [Tree."a.d"] links: already set at c.toml:1, table 1; remove one',
    ],
  ])('%s', (lines, message) => {
    expect(read(`[[Tree]]\n${lines}\n`).faults.map(fault => fault.message)).toEqual([expect.stringContaining(message)]);
  });

  test('a section [Tree] is not one of its tables', () => {
    expect(read('[Tree]\nPath = "/a"\n').faults.map(({ message }) => message)).toEqual([
      'c.toml:2: expected tables [[Tree]], found Path',
    ]);
  });
});
