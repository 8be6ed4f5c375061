/**
 * Loads a module by its URL. In a file of its own, because what comes from V8's code cache has forgotten how to import: in
 * the bundle the loader's own import stands here.
 */
export const importModule = async (url: string): Promise<unknown> => import(url);
