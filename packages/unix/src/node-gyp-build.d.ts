declare module 'node-gyp-build' {
  /** Loads the binary of the package at `directory`. */
  export default function load(directory: string): unknown;
}
