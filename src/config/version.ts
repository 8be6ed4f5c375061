declare const VERSION: string | undefined; // the bundler writes it in
export const version = typeof VERSION === 'undefined' ? 'development' : VERSION;
