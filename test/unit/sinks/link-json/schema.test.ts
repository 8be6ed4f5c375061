import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { linkJson, type LinkIngredients } from '../../../../src/sinks/link-json/to-json.js';
import { schemaErrors } from '../../../link-schema.js';

const gone: LinkIngredients = {
  ifindex: 3,
  name: 'eth0',
  link: undefined,
  isPresent: false,
  known: undefined,
  addresses: [],
  routes: [],
  states: {},
  details: [],
};
const json = linkJson(gone);

test('the JSON of a link of which nothing is known is what the schema says', () => {
  expect(schemaErrors(json)).toEqual([]);
});

test('a property that the schema does not have, one that lacks and one of another type are no JSON of a link', () => {
  expect(schemaErrors({ ...json, Colour: 'blue' })).toHaveLength(1);
  expect(schemaErrors({ ...json, MTU: '1500' })).toHaveLength(1);
  const { Index, ...rest } = json;
  expect(Index).toBe(3);
  expect(schemaErrors(rest)).toHaveLength(1);
});

test('every property of the schema is one that the JSON has', () => {
  const schema = JSON.parse(readFileSync('config/link.schema.json', 'utf8')) as {
    properties: object;
    required: string[];
  };
  expect(Object.keys(schema.properties)).toEqual(schema.required);
  expect(Object.keys(schema.properties).toSorted()).toEqual(Object.keys(json).toSorted());
});
