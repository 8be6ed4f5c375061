import { filter } from 'rxjs';
import type { Stage } from '../../model/flow.js';
import { isOfChosenLink } from '../../world/chosen-links.js';

/**
 * Lets pass the events of the links that `Links=` chooses, and what belongs to no link.
 *
 * ```
 * steps    -a-b-m-c-|      Links="eth1"; a: eth0, b: eth1, m: networkd's manager, c: eth10
 * result   ---b-m---|
 * ```
 * Each step is judged by the configuration of its own world, so a reload applies to what comes after it.
 */
export const forLinks = (): Stage => filter(isOfChosenLink);
