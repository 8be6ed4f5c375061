export interface LineWriterOptions {
  /** monotonic milliseconds, from any origin */
  readonly now: () => number;
  /** takes a line, without its end */
  readonly write: (line: string) => void;
  /** while false, nothing is written */
  readonly isOn?: () => boolean;
  /** called before each line that begins something new: another part of the trace may begin here */
  readonly onTurn?: (() => void) | undefined;
}

/** The lines of one question: itself and its answers. */
export interface QuestionLines {
  readonly id: number;
  readonly ask: () => void;
  /** An answer; the first shares the question's line unless `ask` was called. */
  readonly answer: (fields: string) => void;
  /** The question has returned: answers are turns of their own from now on. */
  readonly returned: () => void;
}

/** Writes the lines of a trace, each with its time. */
export interface LineWriter {
  readonly line: (...fields: readonly string[]) => void;
  readonly turn: () => void;
  readonly nextId: () => number;
  readonly question: (text: string) => QuestionLines;
  /** milliseconds since the writer was made */
  readonly since: () => number;
  /** the time of the last line, or of the last `mark` */
  readonly last: () => number;
  readonly mark: () => number;
}

export const createLineWriter = ({ now, write, isOn = () => true, onTurn }: LineWriterOptions): LineWriter => {
  const began = now();
  let last = 0;
  let lastId = 0;
  const since = (): number => Math.round((now() - began) * 1000) / 1000;
  const nextId = (): number => (lastId += 1);
  const line = (...fields: readonly string[]): void => {
    if (!isOn()) return;
    last = since();
    write(`{"at":${last},${fields.filter(Boolean).join()}}`);
  };
  const turn = (): void => {
    if (isOn()) onTurn?.();
  };
  const question = (text: string): QuestionLines => {
    const id = nextId();
    const asked = `"ask":${JSON.stringify(text)}`;
    let isAsked = false;
    let isNow = true;
    const ask = (): void => {
      isAsked = true;
      line(asked, `"id":${id}`);
    };
    return {
      id,
      ask,
      answer: fields => {
        if (isAsked) {
          if (!isNow) turn();
          line(`"to":${id}`, isNow ? '"now":true' : '', fields);
        } else {
          isAsked = true;
          line(asked, fields);
        }
      },
      returned: () => {
        isNow = false;
        if (!isAsked) ask();
      },
    };
  };
  return { line, turn, nextId, question, since, last: () => last, mark: () => (last = since()) };
};
