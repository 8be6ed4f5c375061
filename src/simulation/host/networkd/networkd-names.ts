export const NAME = 'org.freedesktop.network1';
export const PATH = '/org/freedesktop/network1';

/** The object of a link. */
export const pathOf = (ifindex: number): string => {
  const [first = '', ...rest] = String(ifindex);
  return `${PATH}/link/_3${first}${rest.join('')}`;
};
