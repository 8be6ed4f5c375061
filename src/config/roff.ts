/** Text as roff(7) shows it: nothing in it is an instruction, and a hyphen stays one that can be copied. */
export const roff = (text: string): string =>
  text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/^([.'])/gm, '\\&$1')
    .replace(/…/g, '...');

/** The little Markdown that the tables use: `code` becomes bold, a link its text. */
export const roffOf = (markdown: string): string =>
  roff(markdown.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')).replace(/`([^`]+)`/g, '\\fB$1\\fR');

/** man(7): the first line of a page. */
export const heading = (name: string, section: number, version: string): string =>
  `.TH ${roff(name).toUpperCase()} ${section} "" "network\\-broker ${roff(version)}" ""\n.ad l`;

/** A section with its paragraphs. */
export const section = (title: string, ...paragraphs: readonly string[]): string =>
  [`.SH ${title}`, paragraphs.join('\n.PP\n')].join('\n');

/** A term, and what is to be said about it. */
export const item = (term: string, ...paragraphs: readonly string[]): string =>
  ['.TP', term, paragraphs.join('\n.IP\n')].join('\n');
