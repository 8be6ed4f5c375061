import { EMPTY, mergeMap } from 'rxjs';
import type { NetworkEvent } from '../../model/event.js';
import { fitting } from '../scripts/environment.js';
import type { ScriptFiles } from '../../system/files/script-files.js';
import { linkJson } from './to-json.js';
import { type Enrich, withFile } from '../scripts/enrich.js';
import { createLinkIngredients, type Informants } from './gather.js';

/** The link whose JSON an event's scripts get; undefined if none. */
const linkOf = (event: NetworkEvent): { readonly ifindex: number; readonly name: string } | undefined =>
  event.kind === 'link-state' || (event.kind === 'lease' && event.origin === 'dhclient') ? event : undefined;

/** `JSON`, if it fits into a variable, and `JSON_FILE`: the link of an event as it is when the event's turn comes. */
export const withLinkJson = (informants: Informants, files: ScriptFiles): Enrich => {
  const ingredients = createLinkIngredients(informants);
  return (step, report) => {
    const link = step.world.config?.network.emitJson === false ? undefined : linkOf(step.event);
    if (link === undefined) return EMPTY;
    return ingredients(step, link.ifindex, link.name, report).pipe(
      mergeMap(all => {
        const text = JSON.stringify(linkJson(all));
        const file = { variable: 'JSON_FILE', name: `link-${step.id}.json`, text };
        return withFile(files, report, file, Buffer.byteLength(text) <= fitting('JSON') ? { JSON: text } : {});
      }),
    );
  };
};
