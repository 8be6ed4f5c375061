import type { Config, Tree } from '../model/config.js';
import type { RootRequest } from '../model/root-request.js';
import { treesOf } from '../sinks/scripts/trees.js';
import { chooseTree } from './choose.js';
import { parseRequest, type Refused, refused } from './request.js';
import { type Checked, checkVariables } from './variables.js';

/** A request that root's configuration allows, as far as that can be said without looking at files and links. */
export interface Order {
  readonly request: RootRequest;
  readonly config: Config;
  readonly tree: Tree;
  readonly checked: Checked;
}

/**
 * What a request asks for.
 *
 * @param config root's own; undefined: it has errors
 */
export const orderOf = (text: string, config: Config | undefined, scriptDirectory: string): Order | Refused => {
  const request = parseRequest(text);
  if ('refused' in request) return request;
  if (config === undefined) return refused("root's configuration has errors: network-broker check");
  const tree = chooseTree(treesOf(config, scriptDirectory), request);
  if ('refused' in tree) return tree;
  const checked = checkVariables(tree.style, request.variables);
  return 'refused' in checked ? checked : { request, config, tree, checked };
};
