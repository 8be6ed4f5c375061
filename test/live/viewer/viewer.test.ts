import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { config, link } from '../../../src/testing/builders.js';
import { writeHeader } from '../../../src/trace/format.js';
import { encode } from '../../../src/trace/json.js';
import { emptyHeader } from '../../unit/trace/empty-header.js';
import { type Headless, startBrowser } from '../lab/browser.js';
import { checkout } from '../lab/checkout.js';
import { recordIncident } from '../lab/incident.js';
import { describeLive } from '../lab/live.js';
import { recordLong } from '../lab/long-trace.js';
import { withNetwork } from '../lab/network.js';

jest.setTimeout(120_000);

const directory = mkdtempSync(join(tmpdir(), 'viewer-'));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let headless: Headless;
let incident = '';

/** Writes the page of a trace; its file. */
const pageOf = (name: string): string => {
  const program = join(checkout, 'dist', 'network-broker.cjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'view', join(directory, name)], {
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr.toString());
  const file = join(directory, `${name}.html`);
  writeFileSync(file, stdout);
  return file;
};

/** The value of an expression in the page, whose policy forbids it to evaluate anything itself. */
const inPage = async (page: Page, expression: string): Promise<unknown> => {
  const client = await page.context().newCDPSession(page);
  const { result } = await client.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
  await client.detach();
  return result.value;
};
const nextFrame = (page: Page): Promise<unknown> => inPage(page, 'new Promise(requestAnimationFrame)');

interface Opened {
  readonly page: Page;
  /** what the browser found wrong */
  readonly errors: readonly string[];
  /** addresses that the page asked for, but for its own */
  readonly asked: readonly string[];
  /** milliseconds until the timeline was drawn */
  readonly took: number;
}

/** Opens a page, until it has drawn its timeline; lends it to `body`. Nothing may be wrong with it, and nothing asked for. */
const withPage = async (
  file: string,
  body: (opened: Opened) => Promise<void>,
  { hash = '', ...options }: BrowserContextOptions & { readonly hash?: string } = {},
): Promise<void> => {
  const context = await headless.browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
  try {
    const page = await context.newPage();
    const errors: string[] = [];
    const asked: string[] = [];
    page.on('console', message => {
      if (['error', 'warning'].includes(message.type())) errors.push(message.text());
    });
    page.on('pageerror', error => errors.push(error.message));
    page.on('dialog', dialog => {
      errors.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', request => {
      if (!request.url().startsWith('file:') && !request.url().startsWith('data:')) asked.push(request.url());
    });
    const began = performance.now();
    await page.goto(`file://${file}${hash}`);
    await page.waitForSelector('.timeline canvas');
    await nextFrame(page);
    const took = performance.now() - began;
    await body({ page, errors, asked, took });
    expect(errors).toEqual([]);
    expect(asked).toEqual([]);
  } finally {
    await context.close();
  }
};

/** Colours of the picture that are not its background, by how many pixels have them. */
const drawnColours = async (page: Page): Promise<number> =>
  Number(
    await inPage(
      page,
      `(() => {
        const canvas = document.querySelector('canvas');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
      })()`,
    ),
  );

/** Waits until the text matches. */
const untilText = async (of: Locator, pattern: RegExp): Promise<void> => {
  const end = performance.now() + 10_000;
  while (!pattern.test(await of.innerText())) {
    if (performance.now() > end) throw new Error(`expected ${String(pattern)}, found ${await of.innerText()}`);
    await nextFrame(of.page());
  }
};

const slider = (page: Page): Locator => page.getByRole('slider');
const valueText = async (page: Page): Promise<string> => (await slider(page).getAttribute('aria-valuetext')) ?? '';
const heading = (page: Page): Promise<string> => page.locator('#selected').innerText();

describeLive('the page of view', () => {
  beforeAll(async () => {
    headless = await startBrowser();
    await withNetwork(['dhcp', 'static'], async network => {
      writeFileSync(join(directory, 'incident'), `${(await recordIncident(network)).join('\n')}\n`);
    });
    incident = pageOf('incident');
  }, 120_000);
  afterAll(async () => {
    await headless.close();
    rmSync(directory, { recursive: true });
  });

  test('is one file, of less than 300 kB besides the trace', () => {
    expect(statSync(join(checkout, 'dist', 'viewer.html')).size).toBeLessThan(300_000);
    const html = readFileSync(incident, 'utf8');
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/\b(src|href)="(?!data:,)/);
  });

  test('shows the failed script of an incident: what it wrote, what caused it, its environment', () =>
    withPage(incident, async ({ page }) => {
      expect(await page.title()).toBe('incident – network-event-broker');
      const labels = (await page.locator('.labels').innerText()).split('\n');
      for (const row of ['kernel', 'systemd-networkd', 'eth0', 'eth0 scripts', 'policy rules of eth1'])
        expect(labels).toContain(row);
      expect(await drawnColours(page)).toBeGreaterThan(8);
      expect(await heading(page)).toMatch(/scripts: routable\.d\/10-register: status 1/);
      const selected = page.locator('.selected');
      expect(await selected.innerText()).toContain('temporary failure in name resolution');
      expect(await selected.innerText()).toMatch(/What caused it\s.*OperationalState=routable/s);
      await selected.getByText('Environment').click();
      expect(await selected.innerText()).toMatch(/LINK\s+eth[01]/);
    }));

  test('lists incidents, and goes to the one that is chosen', () =>
    withPage(incident, async ({ page }) => {
      await page.locator('aside').getByRole('button', { name: 'someone deleted or changed rules' }).click();
      expect(await heading(page)).toContain('faults: someone deleted or changed rules');
      expect(await page.locator('.selected').innerText()).toContain('What to do');
      expect(await valueText(page)).toContain('someone deleted');
    }));

  test('has a cursor: keys go from event to event, and the World is that of the moment', () =>
    withPage(incident, async ({ page }) => {
      const stateOf = async (): Promise<string> => {
        const eth0 = page.locator('.subjects details', { has: page.locator('summary', { hasText: /^eth0$/ }) });
        if ((await eth0.getAttribute('open')) === null) await eth0.locator('summary').click();
        const row = eth0.locator('tr', { has: page.locator('th', { hasText: /^(● )?OperationalState$/ }) });
        return row.locator('td').innerText();
      };
      await page.locator('header select').first().selectOption('eth0');
      await page.getByRole('searchbox').fill('OperationalState=no-carrier');
      await slider(page).press('Home');
      await slider(page).press('ArrowRight');
      expect(await valueText(page)).toContain('OperationalState=no-carrier');
      expect(await stateOf()).toBe('no-carrier');
      expect(await page.locator('.differences').first().innerText()).toMatch(
        /OperationalState\s+routable\s+no-carrier/,
      );
      await slider(page).press('End');
      expect(await stateOf()).toBe('routable');
    }));

  test('finds and filters, says how much is shown, and shows everything again', () =>
    withPage(incident, async ({ page }) => {
      const status = page.getByRole('status');
      await page.keyboard.press('/');
      await page.keyboard.type('name resolution');
      await untilText(status, /^\d+ of \d+ marks are shown$/);
      expect((await page.locator('.labels').innerText()).split('\n')).not.toContain('kernel');
      await page.getByLabel('only what went wrong').check();
      await page.locator('header select').nth(1).selectOption('fault');
      await page.getByRole('searchbox').fill('');
      expect(await page.locator('.labels li').count()).toBe(1);
      await page.getByRole('button', { name: 'Show everything' }).click();
      await untilText(status, /^$/);
    }));

  test('is zoomed by wheel, keys and two fingers, and panned by dragging', () =>
    withPage(
      incident,
      async ({ page }) => {
        const picture = (): Promise<unknown> => inPage(page, `document.querySelector('canvas').toDataURL()`);
        const box = await slider(page).boundingBox();
        const [x, y] = [(box?.x ?? 0) + 200, (box?.y ?? 0) + 60];
        const pictures = [await picture()];
        const then = async (): Promise<void> => {
          await nextFrame(page);
          pictures.push(await picture());
        };
        await page.mouse.move(x, y);
        await page.mouse.wheel(0, -400);
        await then();
        await page.mouse.down();
        await page.mouse.move(x + 80, y, { steps: 4 });
        await page.mouse.up();
        await then();
        await slider(page).press('+');
        await then();
        const client = await page.context().newCDPSession(page);
        const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...at: readonly number[]): Promise<unknown> =>
          client.send('Input.dispatchTouchEvent', { type, touchPoints: at.map((x, id) => ({ x, y, id })) });
        await touch('touchStart', x, x + 100);
        await touch('touchMove', x - 50, x + 200);
        await touch('touchEnd');
        await then();
        await slider(page).press('0');
        await then();
        expect(new Set(pictures).size).toBe(5);
        expect(pictures.at(-1)).toBe(pictures[0]);
      },
      { hasTouch: true },
    ));

  test('opens at the moment in its address, and says in it where one is', () =>
    withPage(
      incident,
      async ({ page }) => {
        expect(await valueText(page)).toMatch(/^\+0\.400 s/);
        await slider(page).press('Home');
        await page.waitForURL(/#t=0\.000$/);
      },
      { hash: '#t=0.400' },
    ));

  test.each(['light', 'dark'] as const)('has nothing that axe finds to be in the way of anybody (%s)', colorScheme =>
    withPage(
      incident,
      async ({ page }) => {
        await page.locator('summary', { hasText: 'Environment' }).click();
        await inPage(page, axe);
        const found = `violations.map(v => [v.id, ...v.nodes.map(n => n.html.slice(0, 200) + n.failureSummary)])`;
        expect(await inPage(page, `axe.run().then(({ violations }) => ${found})`)).toEqual([]);
      },
      { colorScheme },
    ),
  );

  test('runs nothing that a trace holds, and shows it as the text it is', () => {
    const bad = `</script><script>alert(1)</script><img src=x onerror="alert(2)"><!--{{constructor}}`;
    const changed = { OperationalState: bad, [bad]: 'javascript:alert(3)' };
    const lines = [
      writeHeader(emptyHeader),
      encode({ at: 1, input: { kind: 'config', config: config({}) } }),
      encode({ at: 2, input: { kind: 'kernel-dump', afterLoss: false, links: [link(2, bad)], addresses: [] } }),
      encode({ at: 3, input: { kind: 'networkd-link', ifindex: 2, changed } }),
      encode({
        at: 4,
        input: { kind: 'fault', fault: { kind: 'fault', severity: 'error', code: '__proto__', message: bad } },
      }),
    ];
    writeFileSync(join(directory, bad.replaceAll('/', '')), `${lines.join('\n')}\n`);
    return withPage(pageOf(bad.replaceAll('/', '')), async ({ page }) => {
      await page.locator('aside').getByRole('button', { name: 'alert(1)' }).first().click();
      expect(await heading(page)).toContain('<script>alert(1)</script>');
      expect(await page.locator('img, iframe, object, embed').count()).toBe(0);
      expect(await page.locator('script').count()).toBe(2);
      expect(await page.locator('.labels').innerText()).toContain('onerror="alert(2)"');
    });
  });

  test('has a sibling for tickets: diagram --svg is a picture that browsers draw, with failures in their colour', async () => {
    const program = join(checkout, 'dist', 'network-broker.cjs');
    const { stdout } = spawnSync(process.execPath, [program, 'diagram', '--svg', join(directory, 'incident')]);
    const context = await headless.browser.newContext({ viewport: { width: 1240, height: 800 } });
    const page = await context.newPage();
    writeFileSync(join(directory, 'incident.svg'), stdout);
    await page.goto(`file://${join(directory, 'incident.svg')}`);
    await page.screenshot({ path: join(directory, 'incident.png') });
    const png = readFileSync(join(directory, 'incident.png')).toString('base64');
    // Its pixels are read by a page of ours, as those of a PNG.
    await page.goto('about:blank');
    const failed = await inPage(
      page,
      `(async () => {
        const image = new Image();
        image.src = 'data:image/png;base64,${png}';
        await image.decode();
        const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
        const context = canvas.getContext('2d');
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, 0, image.width, image.height);
        let count = 0;
        for (let nth = 0; nth < data.length; nth += 4)
          if (data[nth] === 0xb5 && data[nth + 1] === 0x37 && data[nth + 2] === 0) count += 1;
        return count;
      })()`,
    );
    await context.close();
    expect(failed).toBeGreaterThan(400);
  });

  test('of a trace of 100,000 events is there within two seconds, and follows the wheel', async () => {
    recordLong(join(directory, 'long'), 100_000);
    await withPage(pageOf('long'), async ({ page, took }) => {
      const box = await slider(page).boundingBox();
      await page.mouse.move((box?.x ?? 0) + 300, (box?.y ?? 0) + 100);
      const frames = inPage(
        page,
        `new Promise(resolve => {
          const began = performance.now();
          let frames = 0;
          const count = () => {
            frames += 1;
            const time = performance.now() - began;
            if (time < 1000) requestAnimationFrame(count);
            else resolve(time / frames);
          };
          requestAnimationFrame(count);
        })`,
      );
      for (let nth = 0; nth < 20; nth += 1) await page.mouse.wheel(0, -50);
      const frame = Number(await frames);
      console.info(`100,000 events: drawn after ${took.toFixed(0)} ms, ${frame.toFixed(1)} ms for a frame`);
      expect(took).toBeLessThan(2000);
      expect(frame).toBeLessThan(100);
    });
  });
});
