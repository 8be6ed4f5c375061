import type { ListingInput, SourceInput } from '../../model/input.js';
import type { ProgressSlice } from '../../model/world.js';

/** A source reported its state, or the number of scripts in a directory. */
export const reduceProgress = (progress: ProgressSlice, input: SourceInput | ListingInput): ProgressSlice => {
  switch (input.kind) {
    case 'source':
      return { ...progress, sources: new Map(progress.sources).set(input.name, input.state) };
    case 'listing':
      return { ...progress, scripts: new Map(progress.scripts).set(input.directory, input.scripts) };
  }
};
