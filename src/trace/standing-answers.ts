import type { AnswerFields, Known } from './format.js';
import type { Question } from './instrument.js';
import { groupBy } from '../model/values/group-by.js';

/** The most answers remembered for lines that say `same`: more than a recorder remembers. */
const MAX_REMEMBERED_ANSWERS = 20_000;

export const missing: AnswerFields = { error: { message: 'the trace does not say' } };

/** The last answers, and those that held when the trace began, until there are newer ones. */
export interface StandingAnswers {
  /** the full answer, where a line only says `same` */
  readonly inFull: (question: Question<unknown>, fields: AnswerFields) => AnswerFields;
  readonly before: (text: string) => readonly Known[];
}

export const createStandingAnswers = (known: readonly Known[]): StandingAnswers => {
  const last = new Map<string, AnswerFields>(known.flatMap(one => (one.id === undefined ? [[one.ask, one]] : [])));
  const standing = new Map<string, readonly Known[]>(groupBy(known, ({ ask }) => ask));
  return {
    inFull: ({ text, answers, stands }, fields) => {
      if (standing.size > 0) standing.delete(text);
      if (answers !== 'once' || stands === 'no') return fields;
      if (fields.same === true) return last.get(text) ?? missing;
      last.delete(text);
      last.set(text, fields);
      for (const oldest of last.keys()) {
        if (last.size <= MAX_REMEMBERED_ANSWERS) break;
        last.delete(oldest);
      }
      return fields;
    },
    before: text => standing.get(text) ?? [],
  };
};
