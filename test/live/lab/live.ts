import { describe, jest } from '@jest/globals';
import { possible } from './namespace/possible.js';

jest.setTimeout(60_000); // every wait in a test has a shorter limit of its own, which explains itself

/** `describe` for tests that need a laboratory; they are skipped where there can be none. */
export const describeLive: typeof describe.skip = possible ? describe : describe.skip;
