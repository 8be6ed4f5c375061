import { field, isText, parseJson } from '../../model/values/unknown.js';
import type { ProcessEvent } from './processes.js';

/**
 * What the root executor answers: at once that it has heard, then the events of the process, or why there is none. The last one is
 * `refused`, `failed` or `exited`.
 */
export type RootReply =
  ProcessEvent | { readonly kind: 'accepted' } | { readonly kind: 'refused'; readonly why: string };

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** Reads one line of it; undefined: it is none. */
export const replyOf = (line: string): RootReply | undefined => {
  const said = parseJson(line);
  const text = (name: string): string => {
    const value = field(said, name);
    return isText(value) ? value : '';
  };
  const number = (name: string): number | undefined => numberOf(field(said, name));
  const kind = text('kind');
  switch (kind) {
    case 'accepted':
    case 'ended':
      return { kind };
    case 'refused':
      return { kind, why: text('why') };
    case 'failed':
      return { kind, error: text('error') };
    case 'started':
      return { kind, pid: number('pid') ?? 0 };
    case 'output':
      return { kind, stream: text('stream') === 'stdout' ? 'stdout' : 'stderr', line: text('line') };
    case 'exited': {
      const cut = number('cut');
      const cost = field(said, 'cost');
      const cpu = numberOf(field(cost, 'cpu'));
      const memory = numberOf(field(cost, 'memory'));
      return {
        kind,
        code: number('code') ?? null,
        signal: text('signal') || null,
        duration: number('duration') ?? 0,
        ...(cut !== undefined && { cut }),
        ...(cpu !== undefined && { cost: { cpu, ...(memory !== undefined && { memory }) } }),
        ...(field(said, 'timedOut') === true && { timedOut: true }),
      };
    }
    default:
      return undefined;
  }
};
