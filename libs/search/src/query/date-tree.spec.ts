import type { FieldMapping } from '../contracts/index-body.js';
import type { FieldModel } from '../metadata/index-model.js';
import { dateTree, withDates } from './date-tree.js';

const value = (name: string, runtimeType?: string): FieldModel =>
  ({ kind: 'value', name, options: {}, facts: runtimeType && { runtimeType }, computed: false }) as FieldModel;
const object = (name: string, ...fields: FieldModel[]): FieldModel => ({
  kind: 'object',
  name,
  options: {},
  relation: undefined,
  fields,
});

const PROPERTIES: Readonly<Record<string, FieldMapping>> = {
  at: { type: 'date' },
  day: { type: 'date' },
  note: { type: 'text' },
  seen: { type: 'keyword' },
  stay: { type: 'object', properties: { from: { type: 'date' }, note: { type: 'text' } } },
  kept: { type: 'object', properties: { note: { type: 'text' } } },
};
const tree = dateTree(
  [
    value('at', 'Date'),
    value('day', 'string'),
    value('note', 'string'),
    value('seen', 'Date'),
    value('made'),
    value('gone', 'Date'),
    object('stay', value('from', 'Date'), value('note', 'string')),
    object('kept', value('note', 'string')),
    object('left', value('from', 'Date')),
  ],
  PROPERTIES,
);

describe('dates of a document', () => {
  it('are where field and property both are dates', () => {
    expect(tree).toEqual({ at: 'date', stay: { from: 'date' } });
  });

  it('come as Date there, in lists too, and nowhere else', () => {
    const text = '2026-01-02T03:04:05.000Z';
    expect(
      withDates({ at: [text, null], day: text, stay: [{ from: text, note: text }, null], more: text }, tree),
    ).toEqual({
      at: [new Date(text), null],
      day: text,
      stay: [{ from: new Date(text), note: text }, null],
      more: text,
    });
    expect(withDates({}, tree)).toEqual({});
  });

  it.each([5, 'soon', null, undefined, { year: 2026 }])('stay %p where something else was written', (other) => {
    expect(withDates({ at: other }, tree)).toEqual({ at: other });
    expect(withDates(other, tree)).toEqual(other);
  });
});
