import { map } from 'rxjs';
import { scriptsIn } from '../../sinks/scripts/judge.js';
import { directoriesIn, listedIn, ownersFor, treesOf } from '../../sinks/scripts/trees.js';
import { createFiles, type Files } from '../../system/files/files.js';
import { type Check, ok, warn } from './finding.js';

const about = 'generator';

/** Where link states and leases come from, and which directories nothing runs. */
export const generator =
  (files: Files = createFiles()): Check =>
  ({ config, options }) => {
    const names = config.system.generator;
    const toldByKernelOnly = names.includes('rtnetlink') && !names.includes('systemd-networkd');
    const trees = treesOf(config, options.scriptDirectory).filter(({ style }) => style !== 'NetworkManager');
    const directories = trees.map(tree => directoriesIn(tree, { directory: 'configured.d', args: [] }));
    return files.list(directories.flatMap(({ layers }) => layers)).pipe(
      map(listings => {
        if (!toldByKernelOnly) return ok(about, names.join(' '));
        const message = `${names.join(' ')}: only systemd-networkd has administrative states, so configured.d never runs`;
        const isUsed = listedIn(directories, listings).some(
          ({ tree, listings: listed }) => scriptsIn(listed, ownersFor(tree, files.owners)).scripts.length > 0,
        );
        return isUsed
          ? warn(about, `${message}; move its scripts, for example to routable.d, or add systemd-networkd to Generator`)
          : ok(about, message);
      }),
    );
  };
