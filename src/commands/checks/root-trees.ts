import { lstatSync } from 'node:fs';
import { from, map, mergeMap } from 'rxjs';
import { distrust, rootOnly } from '../../config/trust.js';
import { ROOT_CONFIGURATION, ROOT_SOCKET } from '../../model/root-request.js';
import { writable } from '../../root/choose.js';
import { treesOf } from '../../sinks/scripts/trees.js';
import { createFiles, type Files, type Listing } from '../../system/files/files.js';
import { isHostNetwork } from '../../system/host-network.js';
import { type Check, type Finding, ok, warn } from './finding.js';

const about = 'root';
const boundary = 'nothing keeps a hostile daemon from root but hardened.conf, with which the executor is a boundary';

/** What can be seen of the executor from here. */
export interface RootExecutor {
  /** does something listen, as far as files say? */
  readonly isListening: () => boolean;
  /** is this the network that its scripts are run in? */
  readonly isHere: () => boolean;
}

const installed: RootExecutor = {
  isListening: () => lstatSync(ROOT_SOCKET, { throwIfNoEntry: false })?.isSocket() === true,
  isHere: isHostNetwork,
};

/** Why the executor would refuse all that is in this place. */
const refusal = ({ directory, way: { places, error, end } }: Listing): readonly Finding[] => {
  if (end === undefined && error === undefined) return [];
  const open = writable(places);
  const why =
    error ?? distrust(places, rootOnly) ?? (open && `${open.path} is writable by group or others: chmod go-w it`);
  return why === undefined ? [] : [warn(about, `no script below ${directory} runs as root: ${why}`)];
};

/** Would scripts of trees with User="root" run? */
export const rootTrees =
  (files: Files = createFiles(), executor: RootExecutor = installed): Check =>
  ({ config, options }) => {
    const trees = treesOf(config, options.scriptDirectory).filter(({ user }) => user === 'root');
    const paths = trees.flatMap(({ path }) => path);
    if (paths.length === 0) return from([ok(about, 'skipped: no tree has User="root"')]);
    if (!executor.isHere())
      return from([
        warn(about, `scripts below ${paths.join(', ')} do not run: root's are run in the host's network only`),
      ]);
    const socket = executor.isListening()
      ? ok(about, `scripts below ${paths.join(', ')} are run as root by network-broker-root.service; ${boundary}`)
      : warn(about, `scripts below ${paths.join(', ')} do not run: systemctl enable --now network-broker-root.socket`);
    const elsewhere =
      options.config === ROOT_CONFIGURATION
        ? []
        : [warn(about, `the root executor reads ${ROOT_CONFIGURATION}, which has to have these tables [[Tree]], too`)];
    return files.list(paths).pipe(
      map(listings => [...elsewhere, ...listings.flatMap(refusal), socket]),
      mergeMap(findings => findings),
    );
  };
