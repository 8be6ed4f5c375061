import { EMPTY } from 'rxjs';
import { linesThatFit, routeLines } from '../planners/routes-variable.js';
import type { ScriptFiles } from '../system/script-files.js';
import { type Enrich, withFile } from './enrich.js';

/** `ROUTES` and `ROUTES_FILE` for the scripts of a route event: what changed, a line each; the file always holds all. */
export const withRoutes =
  (files: ScriptFiles): Enrich =>
  ({ id, event }, report) => {
    if (event.kind !== 'route') return EMPTY;
    const lines = routeLines(event.changes);
    const file = { variable: 'ROUTES_FILE', name: `routes-${id}`, text: `${lines}\n` };
    return withFile(files, report, file, { ROUTES: linesThatFit('ROUTES', lines) });
  };
