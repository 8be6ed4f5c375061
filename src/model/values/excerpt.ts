/** At most so much of a text as a line of the log can carry. */
export const excerpt = (text: string, most = 200): string => (text.length > most ? `${text.slice(0, most)}…` : text);

export const quoted = (text: string): string => JSON.stringify(excerpt(text, 60));
