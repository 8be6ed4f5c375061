type Value = string | readonly string[];

const text = (value: string): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const shown = (value: Value): string => (typeof value === 'string' ? text(value) : `[${value.map(text).join(', ')}]`);

/** As json.dumps of Python writes an object, keys sorted: scripts may look for a text in it. */
export const pythonJson = (object: Readonly<Record<string, Value>>): string => {
  const members = Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, value]) => `${text(name)}: ${shown(value)}`).join(', ')}}`;
};
