import { isNativeError } from 'node:util/types';

/** The name of the errno: `EAGAIN`. Of what has none, its message. */
export const errorCode = (error: unknown): string => {
  if (!isNativeError(error)) return String(error);
  return 'code' in error ? String(error.code) : error.message;
};

/** Nothing is there, or there is no way to it. */
export const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(errorCode(error));
