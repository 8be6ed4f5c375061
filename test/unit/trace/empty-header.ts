import { emptyWorld } from '../../../src/world/advance.js';

/** Of a trace whose daemon knew nothing when it began. */
export const emptyHeader = {
  began: 0,
  at: 0,
  continues: false,
  start: emptyWorld,
  lastId: 0,
  scriptDir: '/etc/nb',
  owners: [0],
  extensions: [],
  known: [],
};
