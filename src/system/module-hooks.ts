import module from 'node:module';
import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { field, isObject, isText } from '../model/values/unknown.js';

/** What a module asks to be loaded, and the file that it leads to. */
export interface Asked {
  /** as it says it: `./lib.mjs`, `/usr/lib/x.js`, `package/part` */
  readonly specifier: string;
  /** the module that asks */
  readonly by: string;
  readonly found: string;
}

/** Throws if it must not be loaded. */
export type Judge = (asked: Asked) => void;

interface Context {
  readonly parentURL?: string | undefined;
}
interface Resolved {
  readonly url: string;
}
/** `resolve` of Node's customization hooks (nodejs.org/api/module.html). */
export type ResolveHook = (
  specifier: string,
  context: Context,
  next: (specifier: string, context: Context) => Resolved | Promise<Resolved>,
) => Promise<Resolved>;

/** The path of a module; of one that is no file its URL. */
const fileOf = (url = 'nobody'): string => (url.startsWith('file:') ? fileURLToPath(url) : url);

/** What was found, once it has been judged. */
export const judged = (judge: Judge, specifier: string, { parentURL }: Context, found: Resolved): Resolved => {
  if (found.url.startsWith('file:')) judge({ specifier, by: fileOf(parentURL), found: fileOf(found.url) });
  return found;
};

type Function_ = (this: unknown, ...args: readonly unknown[]) => unknown;
const isFunction = (value: unknown): value is Function_ => typeof value === 'function';

/** Puts another function in the place of one that Node has not documented. */
const replace = (holder: object, name: string, by: (original: Function_) => Function_): void => {
  const original: unknown = Reflect.get(holder, name);
  if (!isFunction(original)) throw new Error(`expected Node's modules to have ${name}, found ${typeof original}`);
  Reflect.set(holder, name, by(original));
};

/** Node 20 asks its hooks for what is imported; not for what is required, nor for what an ES module imports that is required. */
const hookRequire = (judge: Judge): void => {
  const refuse = (path: unknown): never => {
    throw new Error(
      `require() of ES module ${String(path)} is not supported by Node ${process.versions.node} in an extension: import it`,
    );
  };
  replace(
    module,
    '_resolveFilename',
    original =>
      function (specifier, parent, ...more) {
        const found = original.call(this, specifier, parent, ...more);
        const by = field(parent, 'filename');
        if (typeof found === 'string' && isAbsolute(found))
          judge({ specifier: String(specifier), by: isText(by) ? by : fileOf(), found });
        return found;
      },
  );
  replace(
    module.prototype,
    '_compile',
    original =>
      function (content, path, format) {
        if (String(format).startsWith('module')) refuse(path);
        return original.call(this, content, path, 'commonjs');
      },
  );
  const extensions: unknown = Reflect.get(module, '_extensions');
  if (isObject(extensions)) Reflect.set(extensions, '.mjs', (_: unknown, path: unknown) => refuse(path));
};

/**
 * Asks for every module before it is loaded, by whatever means another one loads it. Once in a process.
 *
 * @param thread the file of a module with the same hook, for Nodes that find modules in a thread of their own
 * @param data what its `initialize` is told
 */
export const hookModules = (judge: Judge, thread: string, data: string): void => {
  const registerHooks: unknown = Reflect.get(module, 'registerHooks'); // Node 22.15
  if (isFunction(registerHooks)) {
    const resolve = (specifier: string, context: Context, next: (s: string, c: Context) => Resolved): Resolved =>
      judged(judge, specifier, context, next(specifier, context));
    registerHooks({ resolve });
    return;
  }
  module.register(pathToFileURL(thread), { data });
  hookRequire(judge);
};
