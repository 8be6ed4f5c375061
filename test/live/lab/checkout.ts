import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const rootAbove = (directory: string): string =>
  existsSync(join(directory, 'jest.config.js')) ? directory : rootAbove(dirname(directory));

/** The top directory of the checkout, wherever in it this file (or the bundle it went into) lies. */
export const checkout = rootAbove(import.meta.dirname);
