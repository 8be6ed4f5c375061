import type { Oracle } from './oracle.js';

/**
 * **The daemon never ends by itself.** Whatever happens around it, it goes on until it is stopped or killed, and nothing is thrown
 * that nobody catches.
 */
export const noDefect: Oracle = {
  name: 'no defect',
  watch: (_, complain) => {
    let isStopping = false;
    return {
      see: happening => {
        if (happening.kind === 'defect') complain(`a defect ended the daemon: ${String(happening.error)}`);
        if (happening.kind !== 'daemon') return;
        if (happening.is === 'ended' && !isStopping) complain('the daemon ended by itself');
        isStopping = happening.is === 'stopping';
      },
    };
  },
};
