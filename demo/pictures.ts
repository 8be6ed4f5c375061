// make pictures: records an incident in a laboratory, and makes README's pictures of it: the page of view, and diagram --svg.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBrowser } from '../test/live/lab/browser.js';
import { checkout } from '../test/live/lab/checkout.js';
import { recordIncident } from '../test/live/lab/incident.js';
import { withNetwork } from '../test/live/lab/network.js';

const pictures = join(checkout, 'docs', 'pictures');
const directory = mkdtempSync(join(tmpdir(), 'pictures-'));
const trace = join(directory, 'incident');

/** What a command makes of the trace, in a file that a browser opens. */
const made = (name: string, ...command: readonly string[]): string => {
  const file = join(directory, name);
  const program = join(checkout, 'dist', 'network-broker.cjs');
  writeFileSync(file, execFileSync(process.execPath, [program, ...command, trace], { maxBuffer: 1 << 28 }));
  return `file://${file}`;
};

await withNetwork(['dhcp', 'static'], async network => {
  writeFileSync(trace, `${(await recordIncident(network)).join('\n')}\n`);
});
const { browser, close } = await startBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(made('incident.html', 'view'));
  await page.waitForSelector('.timeline canvas');
  await page.screenshot({ path: join(pictures, 'view.png') });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: join(pictures, 'view-dark.png') });
  await page.goto(made('incident.svg', 'diagram', '--svg', '--around', '10-register'));
  await page.locator('svg').screenshot({ path: join(pictures, 'diagram.png') });
} finally {
  await close();
  rmSync(directory, { recursive: true });
}
