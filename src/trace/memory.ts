/** The last answers, encoded: `"answer":…`, `"error":…`, or nothing. Bounded: the least recent are dropped. */
export interface Memory {
  /** remembers the answer; is it the same as before? */
  readonly isSame: (question: string, fields: string) => boolean;
  readonly forget: (question: string) => void;
  readonly clear: () => void;
  readonly all: () => Iterable<readonly [string, string]>;
}

/** @param most characters in all; an answer of more than a quarter is not remembered */
export const createMemory = (most: number): Memory => {
  const all = new Map<string, string>();
  let size = 0;
  const forget = (question: string): void => {
    const fields = all.get(question);
    if (fields === undefined) return;
    size -= question.length + fields.length;
    all.delete(question);
  };
  return {
    forget,
    isSame: (question, fields) => {
      const before = all.get(question);
      forget(question);
      const length = question.length + fields.length;
      if (length > most / 4) return false;
      all.set(question, fields);
      size += length;
      for (const oldest of all.keys()) {
        if (size <= most) break;
        forget(oldest);
      }
      return before === fields;
    },
    clear: () => {
      all.clear();
      size = 0;
    },
    all: () => all,
  };
};
