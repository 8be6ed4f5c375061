import type { Oracle } from './oracle.js';

/** What may be said only when something of the sort has happened: the words of what happened before. */
const causes: Readonly<Record<string, RegExp>> = {
  'kernel-overrun': /^overrun|socket|rtnetlink/,
  'signals-lost': /signal lose|bus (die|silence)|networkd late|networkd|signal (late|double)/,
  'source-lost': /bus die|bus silence|call|rtnetlink/,
  'state-unwritten': /state/,
  'events-joined': /./,
  'script-file-unwritten': /script-file/,
  'json-incomplete': /bus|call|read|rtnetlink|networkd/,
  'lease-file': /read|dhclient/,
  'dns-refused': /bus|call|dhclient|resolved/,
  'hostname-refused': /bus|call/,
  'link-unnamed': /rtnetlink|overrun|socket|bus|signal|networkd/,
  'policy-unreadable': /rtnetlink/,
};

/**
 * **Nothing is said that is not so.** A fault is told only where something of its kind went wrong: no loss where nothing was lost, no refusal
 * where nobody refused. And what is a defect by its own words is one.
 */
export const honest: Oracle = {
  name: 'honest words',
  watch: (_, complain) => {
    const before: string[] = [];
    return {
      see: happening => {
        if (happening.kind === 'action') before.push(happening.text);
        if (happening.kind === 'fault') before.push(happening.what);
        if (happening.kind !== 'outcome' || happening.outcome.kind !== 'fault') return;
        const { code, message } = happening.outcome;
        const cause = causes[code];
        if (cause !== undefined && !before.some(text => cause.test(text)))
          complain(`without a cause: ${code}: ${message}`);
        if (['scripts-failed', 'extension-failed', 'variables-missing', 'defect', 'kernel-malformed'].includes(code))
          complain(`${code}: ${message}`);
      },
    };
  },
};
