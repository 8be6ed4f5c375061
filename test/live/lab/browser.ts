import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { chromium, type Browser } from 'playwright-core';
import { packages, sets } from './packages/packages.js';

/** A Chromium without a screen: the host's, or Debian's, which is fetched. */
export interface Headless {
  readonly browser: Browser;
  readonly close: () => Promise<void>;
}

/** Where the libraries of unpacked packages are, and the fonts. */
const environmentOf = (usr: string, directory: string): Readonly<Record<string, string>> => {
  const { stdout: machine } = execaSync('dpkg-architecture', ['-qDEB_HOST_MULTIARCH'], { reject: false });
  const libraries = [usr, '/usr'].flatMap(at =>
    ['', '/pulseaudio'].map(part => `${at}/lib/${machine || 'x86_64-linux-gnu'}${part}`),
  );
  const fonts = join(directory, 'fonts.conf');
  const places = [usr, '/usr'].map(at => `<dir>${at}/share/fonts</dir>`).join('');
  const aliases = [
    ['system-ui', 'DejaVu Sans'],
    ['sans-serif', 'DejaVu Sans'],
    ['monospace', 'DejaVu Sans Mono'],
  ]
    .map(([family, font]) => `<alias><family>${family}</family><prefer><family>${font}</family></prefer></alias>`)
    .join('');
  writeFileSync(fonts, `<fontconfig>${places}${aliases}<cachedir>${directory}/fonts</cachedir></fontconfig>`);
  return { LD_LIBRARY_PATH: libraries.join(':'), FONTCONFIG_FILE: fonts };
};

/** Starts it. As root it has no sandbox of its own: it only reads pages of ours. */
export const startBrowser = async (): Promise<Headless> => {
  const unpacked = packages(sets.browser);
  const usr = unpacked === undefined ? '/usr' : join(unpacked, 'usr');
  const directory = mkdtempSync(join(tmpdir(), 'browser-'));
  const executablePath = [`${usr}/lib/chromium/chromium`, '/usr/bin/chromium'].find(existsSync);
  const browser = await chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: ['--no-sandbox', '--disable-gpu'],
    env: { PATH: process.env.PATH ?? '', HOME: directory, ...environmentOf(usr, directory) },
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
