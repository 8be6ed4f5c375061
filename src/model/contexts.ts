/** Whose code runs. */
export interface Owner {
  /** an extension's name; the path of its module, as long as nobody knows its name */
  name: string;
}

/** Tells apart who began what goes on asynchronously; undefined: the daemon itself. */
export interface Contexts {
  readonly current: () => Owner | undefined;
  /** runs the body, and all that it begins, as this owner's */
  readonly run: <T>(owner: Owner | undefined, body: () => T) => T;
}

/** For who does not tell them apart. */
export const oneContext: Contexts = { current: () => undefined, run: (_, body) => body() };
