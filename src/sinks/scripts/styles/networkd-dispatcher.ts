import { choosing } from '../../../model/script-directories.js';
import { judgeScripts } from '../judge.js';
import type { Run, Style } from './style.js';

/** The properties that it acts on, in its order. */
const properties = ['AdministrativeState', 'OperationalState'] as const;

/** networkd-dispatcher 2.2. */
export const networkdDispatcher: Style = {
  paths: ['/etc/networkd-dispatcher', '/usr/lib/networkd-dispatcher'],
  directories: properties.flatMap(property => [...(choosing.get(property) ?? [])].map(state => `${state}.d`)),
  runsOf: ({ event }) =>
    event.kind !== 'link-state'
      ? []
      : properties.flatMap((property): readonly Run[] => {
          const state = event.changed[property] ?? '';
          return choosing.get(property)?.has(state) === true ? [{ directory: `${state}.d`, args: [] }] : [];
        }),
  judge: judgeScripts,
  variables: ({ step: { event } }, { directory }) => ({
    IFACE: 'name' in event ? event.name : '',
    STATE: directory.replace(/\.d$/, ''),
  }),
};
