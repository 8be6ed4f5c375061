import { map } from 'rxjs';
import { scriptsIn } from '../../sinks/scripts/judge.js';
import { inLayers } from '../../sinks/scripts/layers.js';
import { createFiles, type Files } from '../../system/files/files.js';
import { type Check, ok, warn } from './finding.js';

const about = 'generator';

/** Where link states and leases come from, and which directories nothing runs. */
export const generator =
  (files: Files = createFiles()): Check =>
  ({ config, options }) => {
    const names = config.system.generator;
    const toldByKernelOnly = names.includes('rtnetlink') && !names.includes('systemd-networkd');
    return files.list(inLayers(options.scriptDirectory, ['configured.d'])).pipe(
      map(listings => {
        if (!toldByKernelOnly) return ok(about, names.join(' '));
        const message = `${names.join(' ')}: only systemd-networkd has administrative states, so configured.d never runs`;
        const isUsed = scriptsIn(listings, files.owners).paths.length > 0;
        return isUsed
          ? warn(about, `${message}; move its scripts, for example to routable.d, or add systemd-networkd to Generator`)
          : ok(about, message);
      }),
    );
  };
