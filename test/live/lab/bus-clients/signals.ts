import { networkdOwner } from '../daemons/networkd.js';
import type { Lab } from '../lab.js';

/** A PropertiesChanged signal of the real networkd. */
export interface Signal {
  /** microseconds since the epoch, by the bus */
  readonly at: number;
  readonly sender: string;
  /** undefined: the manager's */
  readonly ifindex: number | undefined;
  readonly changed: Readonly<Record<string, string>>;
}

interface Monitored {
  readonly member?: string;
  readonly path: string;
  readonly sender: string;
  readonly 'timestamp-realtime': number;
  readonly payload: { readonly data: readonly [string, Readonly<Record<string, { readonly data: unknown }>>] };
}

/** `/org/freedesktop/network1/link/_310`: the first digit is escaped. */
const ifindexOf = (path: string): number | undefined => {
  const [, first, rest] = /\/link\/_3(\d)(\d*)$/.exec(path) ?? [];
  return first === undefined ? undefined : Number(`${first}${rest}`);
};

/** The signal in a line of `busctl --json=short monitor`, if it is one of networkd's properties. */
export const signalOf = (line: string): readonly Signal[] => {
  if (!line.includes('"PropertiesChanged"')) return [];
  const message = JSON.parse(line) as Monitored;
  const [of, properties] = message.payload.data;
  if (!of.startsWith('org.freedesktop.network1.')) return [];
  const texts = Object.entries(properties).flatMap(([name, { data }]) =>
    typeof data === 'string' ? [[name, data] as const] : [],
  );
  return [
    {
      at: message['timestamp-realtime'],
      sender: message.sender,
      ifindex: ifindexOf(message.path),
      changed: Object.fromEntries(texts),
    },
  ];
};

/** Writes down everything that the present networkd says of its states, from now on. */
export const watchSignals = async (lab: Lab): Promise<() => readonly Signal[]> => {
  const owner = await networkdOwner(lab);
  const monitor = await lab.start('busctl monitor', [
    'busctl',
    '--json=short',
    'monitor',
    '--match',
    "type='signal',interface='org.freedesktop.DBus.Properties'",
  ]);
  // That it listens it says on systemd 252 only: it does when it hears this.
  await lab.until('the bus monitor', async () => {
    await lab.sh('busctl emit / org.freedesktop.DBus.Properties PropertiesChanged "sa{sv}as" laboratory 0 0');
    return monitor.lines.some(({ text }) => text.includes('laboratory'));
  });
  return () =>
    monitor.lines
      .flatMap(({ text }) => (text.startsWith('{') ? signalOf(text) : []))
      .filter(({ sender }) => sender === owner);
};

const choosing = ['CarrierState', 'OperationalState', 'OnlineState', 'AdministrativeState'];

/** The directories that a link's changed properties choose, by the manual: each once, in this order. */
export const directoriesOf = (changed: Readonly<Record<string, string>>): readonly string[] => [
  ...new Set(choosing.flatMap(property => (changed[property] === undefined ? [] : [`${changed[property]}.d`]))),
];

/** The scripts that these signals ask for, in the form of `started`. */
export const expectedRuns = (signals: readonly Signal[], names: Readonly<Record<number, string>>): readonly string[] =>
  signals.flatMap(({ ifindex, changed }) =>
    ifindex === undefined
      ? ['manager.d -']
      : directoriesOf(changed).map(directory => `${directory} ${names[ifindex] ?? String(ifindex)}`),
  );
