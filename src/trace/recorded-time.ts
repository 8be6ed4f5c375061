/** Milliseconds after the trace began, or since the epoch. */
export type Moment = { readonly after: number } | { readonly epoch: number };

/** `12.345` or `+12.345`, in seconds, as a replay shows it; `2026-02-03T12:00:00Z`. Undefined: neither. */
export const momentOf = (text: string): Moment | undefined => {
  if (/^\+?\d{1,12}(\.\d+)?$/.test(text)) return { after: Number(text) * 1000 };
  const epoch = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(epoch) ? undefined : { epoch };
};
