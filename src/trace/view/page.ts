/** Where the data stands in the page that `make build` makes: viewer/page.html has it once. */
export const PLACE = '<!-- data -->';

/** The page with this data, which is base64: whatever a trace holds, none of it is HTML. */
export const pageWith = (template: string, base64: string): readonly string[] => {
  const place = template.indexOf(PLACE);
  if (place < 0) throw new Error(`expected ${PLACE} in viewer.html, found none: make build`);
  return [template.slice(0, place), base64, template.slice(place + PLACE.length)];
};
