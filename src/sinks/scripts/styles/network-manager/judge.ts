import type { Entry } from '../../../../system/files/files.js';
import { judgeScripts, type Judge, type Verdict } from '../../judge.js';

const setuid = 0o4000;
const ownerExecutes = 0o100;

/** Names that the dispatcher passes over (nm-dispatcher.c): the rest of dpkg's leftovers has a dot behind it. */
const passedOver = /^\.|~$|\.(rpmsave|rpmorig|rpmnew|swp)$|\.dpkg-[^.]*$/;
const nothing = /(?!)/;

/** Scripts that are links into such a directory do not wait for others, nor others for them. */
const inNoWait = /\/no-wait\.d\/[^/]+$/;

const looked = ({ name, end }: Entry): boolean => end?.kind !== 'directory' && !passedOver.test(name);

const refined = (verdict: Verdict, { end, places }: Entry): Verdict => {
  if (verdict.is !== 'run' || end === undefined) return verdict;
  if ((end.mode & setuid) !== 0) return { ...verdict, is: 'refused', why: 'it is set-user-ID: chmod u-s it' };
  if ((end.mode & ownerExecutes) === 0)
    return { ...verdict, is: 'skipped', why: 'it is not executable by its owner: chmod u+x it' };
  return places.some(({ path }) => inNoWait.test(path)) ? { ...verdict, atOnce: true } : verdict;
};

/** As NetworkManager's dispatcher judges its scripts; directories among them are of other actions. */
export const judgeDispatched: Judge = (layers, owners) => {
  const files = layers.map(layer => ({ ...layer, entries: layer.entries.filter(looked) }));
  const entries: ReadonlyMap<string, Entry> = new Map(
    files.flatMap(({ directory, entries: all }) => all.map(entry => [`${directory}/${entry.name}`, entry] as const)),
  );
  const { fault, scripts } = judgeScripts(files, owners, nothing);
  return {
    fault,
    scripts: scripts.map(verdict => {
      const entry = entries.get(verdict.path);
      return entry === undefined ? verdict : refined(verdict, entry);
    }),
  };
};
