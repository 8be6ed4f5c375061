/**
 * A pure function of an object and of other values, which is not called again for this object while the others are the same. What
 * becomes of an object is forgotten with it.
 */
export const onceFor = <Of extends object, By extends readonly unknown[], R>(
  work: (of: Of, ...by: By) => R,
): ((of: Of, ...by: By) => R) => {
  const known = new WeakMap<Of, { readonly by: By; readonly result: R }>();
  return (of, ...by) => {
    const before = known.get(of);
    if (before?.by.every((one, nth) => one === by[nth]) === true) return before.result;
    const result = work(of, ...by);
    known.set(of, { by, result });
    return result;
  };
};
