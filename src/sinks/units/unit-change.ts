import type { LinkFacts } from './read-facts.js';

/** One step towards what is called for. */
export type UnitChange =
  | { readonly do: 'start' | 'stop'; readonly unit: string }
  | { readonly do: 'write'; readonly instance: string; readonly facts: LinkFacts }
  | { readonly do: 'remove'; readonly instance: string };
