import { everything, type Filter, type Trace } from '../pure/trace.js';
import { FAILED, WARNING } from '../../src/trace/view/view-data.js';
import { showing, whole, type Window } from '../pure/window.js';

/** What somebody is looking at. */
export interface State {
  readonly window: Window;
  /** milliseconds after the beginning */
  readonly cursor: number;
  /** number of a mark, or -1 */
  readonly selected: number;
  readonly filter: Filter;
}

export type Action =
  | { readonly do: 'look at'; readonly window: Window }
  | { readonly do: 'go to'; readonly at: number }
  | { readonly do: 'select'; readonly mark: number }
  | { readonly do: 'filter'; readonly filter: Partial<Filter> };

export const reduce =
  ({ data }: Trace) =>
  (state: State, action: Action): State => {
    switch (action.do) {
      case 'look at':
        return { ...state, window: action.window };
      case 'go to': {
        const cursor = Math.min(Math.max(action.at, 0), data.length);
        return { ...state, cursor, window: showing(state.window, cursor, data.length) };
      }
      case 'select': {
        const cursor = data.marks.at[action.mark] ?? 0;
        const window = showing(state.window, cursor, data.length);
        return { ...state, cursor, selected: action.mark, window };
      }
      case 'filter':
        return { ...state, filter: { ...state.filter, ...action.filter } };
    }
  };

/** `#t=12.345`: seconds; undefined if the address says nothing of the kind. */
export const momentIn = (hash: string): number | undefined => {
  const text = /^#t=(\d+(?:\.\d+)?)$/.exec(hash)?.[1];
  return text === undefined ? undefined : Number(text) * 1000;
};

export const hashOf = (at: number): string => `#t=${(at / 1000).toFixed(3)}`;

/** At the moment in the address, or at the first failure, the first warning, or at the end. */
export const begin = ({ data }: Trace, hash: string): State => {
  const failure = data.marks.level.indexOf(FAILED);
  const bad = failure < 0 ? data.marks.level.indexOf(WARNING) : failure;
  const asked = momentIn(hash);
  const cursor = Math.min(asked ?? data.marks.at[bad] ?? data.length, data.length);
  const selected = asked === undefined ? bad : data.marks.at.findIndex(at => Math.abs(at - asked) < 0.5);
  return { window: whole(data.length), cursor, selected, filter: everything };
};
