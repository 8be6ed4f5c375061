/** As a part of a regular expression in which every character of it is itself. */
export const escapedPattern = (text: string): string => text.replace(/[$()*+./?[\\\]^{|}]/g, '\\$&');
