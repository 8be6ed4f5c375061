const MAX_EXCERPT_LENGTH = 200;

/** At most so much of what was found as a line of the log bears. */
export const excerpt = (text: string): string =>
  text.length > MAX_EXCERPT_LENGTH ? `${text.slice(0, MAX_EXCERPT_LENGTH)}…` : text;
