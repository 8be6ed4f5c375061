import { expect, test } from '@jest/globals';
import { pageWith, PLACE } from '../../../../src/trace/view/page.js';

test('the data goes to its place in the page, which must have one', () => {
  expect(pageWith(`<a>${PLACE}</a>`, 'ABC=').join('')).toBe('<a>ABC=</a>');
  expect(() => pageWith('<a></a>', 'ABC=')).toThrow('make build');
});
