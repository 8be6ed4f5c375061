// Inside a laboratory: measures what the JSON of a link takes, from the question until the file is there. Arguments: link, rounds.
import { execFileSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { firstValueFrom } from 'rxjs';
import { withLinkJson } from '../dist/sinks/link-json/with-link-json.js';
import { systemBus } from '../dist/system/bus/bus.js';
import { createFiles } from '../dist/system/files/files.js';
import { rtnetlink } from '../dist/system/rtnetlink.js';
import { createScriptFiles } from '../dist/system/files/script-files.js';
import * as make from '../dist/testing/builders.js';

const [name, rounds, described = 'described'] = process.argv.slice(2);
const [{ ifindex }] = JSON.parse(execFileSync('ip', ['-json', 'link', 'show', name], { encoding: 'utf8' }));
const link = make.link(ifindex, name);
const serving = new Map(described === 'described' ? [['systemd-networkd', { is: 'serving', why: '' }]] : []);
const world = make.world([link], make.config(), { sources: serving });

const bus = systemBus();
const open = bus.connection$.subscribe(); // as networkd's source keeps it open
await firstValueFrom(bus.connection$);
const enrich = withLinkJson({ rtnetlink, bus, files: createFiles() }, createScriptFiles('/run/bench'));
const faults = [];
const times = [];
for (let n = 0; n < Number(rounds); n++) {
  const step = make.step(n, make.linkState(link, { OperationalState: 'routable' }), world);
  const begun = performance.now();
  await firstValueFrom(enrich(step, fault => faults.push(fault.message)));
  times.push(performance.now() - begun);
  await wait(5);
}
open.unsubscribe();
console.log(JSON.stringify({ times, faults }));
