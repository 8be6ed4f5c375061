import { forkJoin, map, mergeMap, type Observable, of } from 'rxjs';
import { type ArpLink, isArpLink, isCareful, sharedNetworks } from './shared-networks.js';
import { hasPolicy } from '../../sinks/policy/chosen.js';
import { createFiles, type Files } from '../../system/files/files.js';
import { rtnetlink as kernel, type Rtnetlink } from '../../system/rtnetlink.js';
import { toAddress, toLink } from '../../model/wire/from-netlink.js';
import { type Check, type Finding, ok, orUnread, warn } from './finding.js';

const about = 'arp';

const zeros = (links: readonly ArpLink[], key: 'ignore' | 'announce'): readonly string[] => {
  const names = links.filter(one => one[key] === 0).map(({ link }) => link.name);
  return names.length === 0 ? [] : [`arp_${key}=0 on ${names.join(' ')}`];
};

/** Do others speak for an address of a link that has policy rules? Sysctls are read, never set. */
export const arp =
  (files: Files = createFiles(), rtnetlink: Pick<Rtnetlink, 'links' | 'addresses'> = kernel): Check =>
  ({ config }) => {
    const value = (link: string, key: string): Observable<number> =>
      files.read(`/proc/sys/net/ipv4/conf/${link}/${key}`).pipe(map(text => Number(text ?? 0)));
    const effective = (link: string, key: string): Observable<number> =>
      forkJoin([value('all', key), value(link, key)]).pipe(map(both => Math.max(...both)));
    const arpLinks = (): Observable<readonly ArpLink[]> =>
      forkJoin({ links: rtnetlink.links(), addresses: rtnetlink.addresses() }).pipe(
        mergeMap(({ links, addresses }) => {
          const all = addresses.map(toAddress).filter(({ family }) => family === 'ipv4');
          const found = links.map(toLink).flatMap(link => {
            const own = all.filter(({ ifindex }) => ifindex === link.ifindex);
            if (!isArpLink(link) || own.length === 0) return [];
            const settings = {
              ignore: effective(link.name, 'arp_ignore'),
              announce: effective(link.name, 'arp_announce'),
              filter: effective(link.name, 'arp_filter'),
            };
            return [forkJoin(settings).pipe(map((all): ArpLink => ({ link, addresses: own, ...all })))];
          });
          return found.length === 0 ? of([]) : forkJoin(found);
        }),
      );
    if (!hasPolicy({ config })) return of(ok(about, 'skipped: RoutingPolicyRules is not set'));
    return arpLinks().pipe(
      map((links): readonly Finding[] =>
        sharedNetworks(links, config.network.routingPolicyRules).map(({ link, address, others }) => {
          const all = [link, ...others].filter(one => !isCareful(one));
          const names = others.map(one => one.link.name).join(' ');
          const found = [...zeros(all, 'ignore'), ...zeros(all, 'announce')].join(', ');
          return warn(
            about,
            `${link.link.name} shares the network of ${address} with ${names}: expected arp_ignore=1 and arp_announce=2, found ${found}: one may answer ARP for the other's address and attract its traffic; sysctl net.ipv4.conf.LINK.arp_ignore=1 net.ipv4.conf.LINK.arp_announce=2`,
          );
        }),
      ),
      mergeMap(findings => (findings.length === 0 ? [ok(about, 'no link answers ARP for another')] : findings)),
      orUnread(about),
    );
  };
