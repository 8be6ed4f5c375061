import type { Happening } from '../happening.js';
import * as k from '@network-stack/netlink/constants';
import type { Address } from '@network-stack/netlink';
import type { Oracle } from './oracle.js';
import { chosen } from './words.js';

const isUsable = ({ flags }: Address): boolean => (flags & (k.IFA_F_TENTATIVE | k.IFA_F_DADFAILED)) === 0;
const key = (ifindex: string | number, address: string): string => `${ifindex} ${address}`;

/**
 * **Addresses and links are told as they come and go.** What addresses.d was told of an address alternates between added and removed, and at rest
 * the last word on it is what is so; nobody is told of one that never was. So it is with links and links.d.
 */
export const addresses: Oracle = {
  name: 'told addresses and links',
  watch: ({ plan, host, daemon }, complain) => {
    const hasScripts = plan.scripts.includes('addresses.d/10-note');
    const hasLinkScripts = plan.scripts.includes('links.d/10-note');
    /** the last word that was told, and since when it is so */
    let told = new Map<string, string>();
    let links = new Map<string, string>();
    const ever = new Set<string>();
    const isBlurred = { value: true };
    /** Who was renamed may have become, or ceased to be, somebody's business. */
    const renamed = new Set<number>();
    const names = new Map<number, string>();
    const isJudged = (ifindex: number): boolean =>
      !renamed.has(ifindex) && chosen(plan, names.get(ifindex) ?? host.kernel.link(ifindex)?.name);
    const there = (): readonly Address[] => host.kernel.addresses().filter(isUsable);
    const hearLine = (ifindex: string, line: string): void => {
      const [word = '', address = ''] = line.split(' ');
      const one = key(ifindex, address);
      if (!ever.has(one)) complain(`scripts were told '${line}' of link ${ifindex}, which never had that address`);
      if (!isBlurred.value && told.get(one) === word && word !== 'changed')
        complain(`scripts were told '${line}' of link ${ifindex} twice`);
      told.set(one, word);
    };
    const see = (happening: Happening): void => {
      switch (happening.kind) {
        case 'kernel':
          if (happening.object.kind === 'link') {
            const { ifindex, name } = happening.object;
            if ((names.get(ifindex) ?? name) !== name) renamed.add(ifindex);
            names.set(ifindex, name);
          }
          if (happening.object.kind === 'address' && isUsable(happening.object))
            ever.add(key(happening.object.ifindex, `${happening.object.address}/${happening.object.prefixLength}`));
          return;
        case 'outcome': {
          // One that could not be started has not heard.
          if (happening.outcome.kind !== 'script-ran' || happening.outcome.error === undefined) return;
          const { event } = happening.outcome.step;
          if (event.kind === 'link') links.delete(String(event.ifindex));
          if (event.kind !== 'address') return;
          for (const one of told.keys()) if (one.startsWith(`${event.ifindex} `)) told.delete(one);
          return;
        }
        case 'daemon':
          if (happening.is === 'started') {
            isBlurred.value = true;
            told = new Map();
            links = new Map();
          }
          return;
        case 'run': {
          const { path, env } = happening;
          if (env.EVENT === 'address' && path.endsWith('/10-note'))
            for (const line of (env.ADDRESSES ?? '').split('\n')) hearLine(env.LINKINDEX ?? '', line);
          if (env.EVENT === 'link' && path.endsWith('/10-note')) {
            const { ACTION = '', LINKINDEX = '', LINK = '' } = env;
            if (ACTION === 'added' && links.get(LINKINDEX)?.startsWith('added') === true)
              complain(`link ${LINKINDEX} was told as added twice`);
            links.set(LINKINDEX, `${ACTION} ${LINK}`);
          }
          return;
        }
        case 'action':
        case 'change':
        case 'states':
        case 'networkd':
        case 'exit':
        case 'fault':
        case 'defect':
      }
    };
    return {
      see,
      quiet: () => {
        if (!daemon.isRunning()) return;
        isBlurred.value = false;
        const now = new Set(
          there().map(({ ifindex, address, prefixLength }) => key(ifindex, `${address}/${prefixLength}`)),
        );
        if (hasScripts)
          for (const [one, word] of told)
            if (isJudged(Number(one.split(' ')[0])) && now.has(one) !== (word !== 'removed'))
              complain(`the last word on ${one} was '${word}', which is not so`);
        if (hasLinkScripts)
          for (const [ifindex, word] of links) {
            const link = host.kernel.link(Number(ifindex));
            const [action = '', name = ''] = word.split(' ');
            if (!chosen(plan, name)) continue; // who was renamed to what nobody chose is nobody's business
            if ((link !== undefined) !== (action !== 'removed'))
              complain(`the last word on link ${ifindex} was '${word}', which is not so`);
            else if (link !== undefined && link.name !== name && chosen(plan, link.name))
              complain(`link ${ifindex} is called ${link.name}, scripts know it as ${name}`);
          }
        for (const one of now) if (hasScripts && !told.has(one)) told.set(one, 'added');
        for (const one of told.keys()) if (!now.has(one)) told.delete(one);
      },
    };
  },
};
