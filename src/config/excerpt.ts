const LONGEST = 200;

/** At most so much of what was found as a line of the log bears. */
export const excerpt = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
