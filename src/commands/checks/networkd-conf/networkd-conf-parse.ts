interface Setting {
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

/** Joins lines that end in a backslash; comments between them do not count (systemd.syntax(7)). */
const logicalLines = (text: string): readonly string[] => {
  const lines: string[] = [];
  let open = '';
  for (const line of text.split('\n')) {
    if (/^\s*[#;]/.test(line)) continue;
    const isContinued = (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1;
    open += isContinued ? `${line.slice(0, -1)} ` : line;
    if (isContinued) continue;
    lines.push(open.trim());
    open = '';
  }
  return [...lines, open.trim()];
};

const settingsOf = (text: string): readonly Setting[] => {
  let section = '';
  return logicalLines(text).flatMap(line => {
    section = /^\[(.*)\]$/.exec(line)?.[1] ?? section;
    const [, key, value] = /^([^[=]+?)\s*=\s*(.*)$/.exec(line) ?? [];
    return key === undefined || value === undefined ? [] : [{ section, key, value }];
  });
};

/** As systemd reads truth values; undefined: it is none, and systemd ignores it. */
const truth = (value: string): boolean | undefined => {
  if (/^(1|yes|y|true|t|on)$/i.test(value)) return true;
  return /^(0|no|n|false|f|off)$/i.test(value) ? false : undefined;
};

/** Does systemd-networkd delete what others made? `by`: the file that says so; undefined: none does. */
export interface Managed {
  readonly isManaged: boolean;
  readonly by: string | undefined;
}

/**
 * What networkd.conf(5) says about rules and routes of others.
 *
 * @param files the main file and the drop-ins, in the order in which systemd reads them
 */
export const manageForeign = (
  files: readonly { readonly path: string; readonly text: string }[],
): Readonly<Record<'rules' | 'routes', Managed>> => {
  const all = files.flatMap(({ path, text }) => settingsOf(text).map(setting => ({ ...setting, path })));
  const last = (name: string): Managed => {
    const found = all
      .filter(({ section, key }) => section === 'Network' && key === name)
      .flatMap(({ value, path }) => {
        const isManaged = truth(value);
        return isManaged === undefined ? [] : [{ isManaged, by: path }];
      });
    return found.at(-1) ?? { isManaged: true, by: undefined };
  };
  return { rules: last('ManageForeignRoutingPolicyRules'), routes: last('ManageForeignRoutes') };
};
