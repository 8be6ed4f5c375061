import { EMPTY, type Observable } from 'rxjs';
import { addressChanges } from '../../model/address-changes.js';
import type { Report } from '../../model/fault.js';
import { addressLines, linesThatFit, routeLines, ruleLines } from './changes-variable.js';
import type { Environment } from './environment.js';
import type { ScriptFiles } from '../../system/files/script-files.js';
import { type Enrich, withFile } from './enrich.js';

/** One line per change: as many as fit in the variable `name`, and always all in the file `NAME_FILE`. */
const withLines = (
  files: ScriptFiles,
  report: Report,
  name: string,
  id: number,
  lines: string,
): Observable<Environment> => {
  const file = { variable: `${name}_FILE`, name: `${name.toLowerCase()}-${id}`, text: `${lines}\n` };
  return withFile(files, report, file, { [name]: linesThatFit(name, lines) });
};

/** For the scripts of an event of routes, rules or addresses: `ROUTES` and `ROUTES_FILE`, and so on. */
export const withChanges =
  (files: ScriptFiles): Enrich =>
  ({ id, event }, report) => {
    const told = (name: string, lines: string) => withLines(files, report, name, id, lines);
    if (event.kind === 'route') return told('ROUTES', routeLines(event.changes));
    if (event.kind === 'rule') return told('RULES', ruleLines(event.changes));
    return event.kind === 'address' ? told('ADDRESSES', addressLines(addressChanges(event))) : EMPTY;
  };
