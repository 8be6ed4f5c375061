import { UnixError } from '../../src/index.js';

/** The errno's name that it fails with. */
export const codeOf = (act: () => unknown): string => {
  try {
    act();
    return 'done';
  } catch (error) {
    return error instanceof UnixError ? error.code : String(error);
  }
};
