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

/** `ROUTES` and `ROUTES_FILE` for the scripts of a route event. */
export const withRoutes =
  (files: ScriptFiles): Enrich =>
  ({ id, event }, report) =>
    event.kind === 'route' ? withLines(files, report, 'ROUTES', id, routeLines(event.changes)) : EMPTY;

/** `RULES` and `RULES_FILE` for the scripts of rules.d. */
export const withRules =
  (files: ScriptFiles): Enrich =>
  ({ id, event }, report) =>
    event.kind === 'rule' ? withLines(files, report, 'RULES', id, ruleLines(event.changes)) : EMPTY;

/** `ADDRESSES` and `ADDRESSES_FILE` for the scripts of an address event. */
export const withAddresses =
  (files: ScriptFiles): Enrich =>
  ({ id, event }, report) =>
    event.kind === 'address' ? withLines(files, report, 'ADDRESSES', id, addressLines(addressChanges(event))) : EMPTY;
