import type { Kind } from './value-kinds.js';

/** One key of `network-broker.toml`. */
export interface Key<T> {
  readonly section: Section;
  /** as documented; matched without regard to case */
  readonly name: string;
  readonly kind: Kind<T>;
  readonly initial: T;
  /** what the absence of the key means, where `initial` does not say it */
  readonly unset?: string;
  readonly brief: string;
  readonly doc: string;
}

export type Section =
  | 'System'
  | 'Network'
  | 'Link'
  | 'Scripts'
  | 'Events'
  | 'Units'
  | 'Start'
  | 'Tree'
  | 'Tree."DIRECTORY"'
  | 'Metrics'
  | 'Extensions';
export const sections: readonly Section[] = [
  'System',
  'Network',
  'Link',
  'Scripts',
  'Events',
  'Units',
  'Start',
  'Tree',
  'Tree."DIRECTORY"',
  'Metrics',
  'Extensions',
];

/** How a section is written; that of links is a table for each pattern. */
export const sectionTitle = (section: Section, pattern?: string): string => {
  if (section === 'Link') return `Link."${pattern ?? 'NAME'}"`;
  if (section === 'Tree."DIRECTORY"') return `Tree."${pattern ?? 'DIRECTORY'}"`;
  return section === 'Start' || section === 'Tree' ? `[${section}]` : section;
};
