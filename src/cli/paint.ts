/** Colours, only on a terminal, and not if NO_COLOR (no-color.org) says otherwise. */
export const painter =
  (stream: { readonly isTTY: boolean }, env: NodeJS.ProcessEnv = process.env) =>
  (colour: number) =>
  (text: string): string =>
    stream.isTTY && (env.NO_COLOR ?? '') === '' ? `\u001b[${colour}m${text}\u001b[0m` : text;
