import { map, type Observable, of } from 'rxjs';
import type { Report } from '../../model/fault.js';
import type { Step } from '../../model/world.js';
import { createLinkIngredients, type Informants } from './gather.js';
import type { LinkJson } from './link-json.js';
import { linkJson } from './to-json.js';

/** What can be said of an event's link as it is when the event's turn comes; undefined: the event is of none. One value. */
export const linkFacts = (
  informants: Informants,
): ((step: Step, report: Report) => Observable<LinkJson | undefined>) => {
  const ingredients = createLinkIngredients(informants);
  return (step, report) => {
    const { event } = step;
    return 'name' in event && event.ifindex !== 0
      ? ingredients(step, event.ifindex, event.name, report).pipe(map(linkJson))
      : of(undefined);
  };
};
