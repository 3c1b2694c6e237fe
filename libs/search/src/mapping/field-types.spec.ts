import type { FieldModel } from '../metadata/index-model.js';
import { withTypes } from './field-types.js';

const inference = { infer: ({ ormType }: { ormType: string }) => (ormType === 'string' ? 'text' : undefined) } as never;
const value = (name: string, more: object = {}): FieldModel =>
  ({ kind: 'value', name, options: {}, facts: { ormType: 'string' }, computed: false, ...more }) as FieldModel;

describe('the types of fields', () => {
  it('are those that are named, those that follow, or none', () => {
    const fields = [value('a'), value('b', { options: { type: 'keyword' } }), value('c', { facts: undefined })];
    expect(withTypes(fields, inference)).toEqual([
      { ...fields[0], type: 'text' },
      { ...fields[1], type: 'keyword' },
      { ...fields[2], type: undefined },
    ]);
  });

  it('are known inside of objects and of described JSON', () => {
    const object = { kind: 'object', name: 'o', options: {}, fields: [value('a')], relation: undefined } as FieldModel;
    const json = value('j', { options: { type: 'object' }, keys: [value('k')] });
    expect(withTypes([object, json], inference)).toEqual([
      { ...object, fields: [{ ...value('a'), type: 'text' }] },
      { ...json, type: 'object', keys: [{ ...value('k'), type: 'text' }] },
    ]);
    expect(withTypes([value('a')], inference)[0]).not.toHaveProperty('keys');
  });
});
