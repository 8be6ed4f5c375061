import { expect, jest, test } from '@jest/globals';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkout } from '../lab/checkout.js';
import { brokerDeb } from '../lab/packages/debs.js';
import { inRoot } from '../lab/systems/in-root.js';
import { describeLive } from '../lab/live.js';
import { debianRoot } from '../lab/systems/root.js';

jest.setTimeout(900_000);
const text = readFileSync(join(checkout, 'packaging', 'container', 'Containerfile'), 'utf8');
const instructions = DockerfileParser.parse(text).getInstructions();
const argumentsOf = (keyword: string): readonly string[] =>
  instructions.filter(each => each.getKeyword() === keyword).map(each => each.getRawArgumentsContent() ?? '');
const words = (keyword: string): string =>
  (JSON.parse(argumentsOf(keyword)[0] ?? '') as string[]).map(word => `'${word}'`).join(' ');

test('the Containerfile has no mistake that a linter finds', () => {
  expect(validate(text)).toEqual([]);
});

describeLive('the container', () => {
  test('is built as its Containerfile says, and serves as the user network-broker with two capabilities', () => {
    expect(argumentsOf('FROM')).toEqual(['docker.io/library/debian:13-slim']);
    expect(argumentsOf('COPY')).toEqual(['network-broker_*.deb /tmp/']);
    const deb = brokerDeb();
    // What podman and docker leave to root in a container, and what the recipe adds.
    const usual = ['chown', 'dac_override', 'fowner', 'fsetid', 'kill', 'setgid', 'setuid', 'setpcap', 'net_bind_service', 'sys_chroot', 'setfcap']; // prettier-ignore
    const bounds = ['-all', ...[...usual, 'net_admin', 'sys_admin'].map(name => `+${name}`)].join(',');
    const said = inRoot(
      debianRoot(13, ['ca-certificates']),
      `cp /context/*.deb /tmp/
${argumentsOf('RUN').join('\n')}
export ${argumentsOf('ENV').join(' ')}
mkfifo /tmp/log
setpriv --bounding-set ${bounds} ${words('ENTRYPOINT')} ${words('CMD')} >/tmp/log 2>&1 &
pid=$!
timeout 60 grep -m 1 '^.*ready' /tmp/log
grep -E '^(Uid|Cap...):' /proc/$pid/status
getent passwd network-broker
kill $pid
wait $pid && echo stopped`,
      { [deb]: `/context/${basename(deb)}` },
    );
    const uid = /^network-broker:x:(\d+):/m.exec(said)?.[1] ?? 'none';
    expect(said).toMatch(new RegExp(`^Uid:\\t${uid}\\t${uid}\\t`, 'm'));
    expect(said.match(/^Cap...:\t0*201000$/gm)).toHaveLength(5);
    expect(said).toMatch(/^stopped$/m);
  });
});
