import type { Happening } from '../happening.js';
import { createForgotten } from './forgotten.js';
import type { Oracle } from './oracle.js';

/** Is this a stop, or a kill, and a new start? */
const isRestart = (text: string): boolean => /^(kill -9|systemctl (restart|start)) network-broker$/.test(text);

/** May this be a reason to run scripts? Rules and routes are the daemon's own, too, and tell of nothing that is not told anyhow. */
const isReason = (happening: Happening): boolean => {
  switch (happening.kind) {
    case 'action':
      return !isRestart(happening.text);
    case 'kernel':
      return (
        happening.object.kind === 'link' || happening.object.kind === 'address' || happening.object.kind === 'route'
      );
    case 'states':
    case 'networkd':
    case 'fault':
    case 'defect':
      return true;
    case 'change':
    case 'run':
    case 'exit':
    case 'daemon':
    case 'outcome':
      return false;
  }
};

/**
 * **A restart is as if there had been none.** When all was quiet while the daemon ran, and then it is stopped or killed, and starts again, while nothing else
 * happens, it runs no script, and changes nothing of the kernel's; but for a run that could not write down what it had told.
 */
export const restarts: Oracle = {
  name: 'restarts',
  watch: (_, complain) => {
    const forgotten = createForgotten();
    let isUp = false;
    let isCalm = false;
    let isRestarted = false;
    return {
      see: happening => {
        if (happening.kind === 'daemon') isUp = happening.is === 'ready' || (isUp && happening.is === 'started');
        if (forgotten.see(happening) || isReason(happening)) isCalm = false;
        if (!isCalm) return;
        if (happening.kind === 'daemon' && happening.is === 'started') isRestarted = true;
        if (!isRestarted) return;
        if (happening.kind === 'run')
          complain(`${happening.path} runs after a restart, and nothing has happened: ${happening.env.CHANGED ?? ''}`);
        if (happening.kind === 'change')
          complain(`${happening.change.action} after a restart, and nothing has happened`);
      },
      quiet: () => {
        isCalm = isUp;
        isRestarted = false;
      },
    };
  },
};
