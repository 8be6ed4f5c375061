/** The values that lines `NAME=value` assign, by name; other lines are left alone. */
export const assignedValues = (text: string, line = /^([A-Z0-9_]+)=(.*)$/): ReadonlyMap<string, string> =>
  new Map(
    text.split('\n').flatMap(each => {
      const [, name, value] = line.exec(each.trim()) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
