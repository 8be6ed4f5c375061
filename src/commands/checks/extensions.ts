import { defaultIfEmpty, mergeMap } from 'rxjs';
import { loadExtensions } from '../../daemon/load-extensions.js';
import type { Check, Finding } from './finding.js';
import { found, ok } from './finding.js';

const about = 'extensions';

/** Loads what `Load=` names, as the daemon would; nothing of it is run. */
export const extensions: Check = ({ config }) =>
  loadExtensions(config.extensions.load).pipe(
    mergeMap(all =>
      all.map((one): Finding => {
        if ('fault' in one) return found(about)(one.fault);
        const { name, stages = [], sinks = [], sources = [] } = one.extension;
        const parts = `${stages.length} stages, ${sinks.length} sinks, ${sources.length} sources`;
        return ok(about, `${one.path}: ${name}, with ${parts}`);
      }),
    ),
    defaultIfEmpty(ok(about, 'none')),
  );
