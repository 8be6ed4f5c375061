import { expect, test } from '@jest/globals';
import { createKernel } from '../../../../../src/simulation/host/kernel/kernel.js';
import { createTime } from '../../../../../src/simulation/time.js';

test('what is left of lifetimes is told, in whole seconds, until they are said anew', () => {
  const time = createTime();
  const kernel = createKernel(time);
  const lifetimes = (): readonly (number | undefined)[] =>
    kernel.addresses().flatMap(({ address, validLifetime }) => (address.startsWith('192.') ? [validLifetime] : []));
  kernel.ip('link add eth0 type veth');
  const ifindex = kernel.links().find(({ name }) => name === 'eth0')?.ifindex ?? 0;
  kernel.ip('address add 192.0.2.1/24 dev eth0 valid_lft 100');
  kernel.ip('address add 192.0.2.2/24 dev eth0');
  expect([kernel.addresses().map(({ address }) => address), lifetimes()]).toEqual([
    ['127.0.0.1', '192.0.2.1', '192.0.2.2'],
    [100, undefined],
  ]);
  time.run(40_500);
  expect(lifetimes()).toEqual([60, undefined]);
  kernel.renew(ifindex, '192.0.2.1', 100);
  expect(lifetimes()).toEqual([100, undefined]);
  time.run(200_000);
  expect(lifetimes()).toEqual([0, undefined]);
});
