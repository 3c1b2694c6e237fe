import type { IndexModel } from '../metadata/index-model.js';
import { desiredDocuments, documentsToWrite, dependsOnRow } from './desired-document.js';

class Passage {}

function modelOf(hooks: object, routing?: IndexModel['routing']): IndexModel {
  return {
    entity: Passage,
    identity: {
      property: 'id',
      parts: [
        { path: ['id'], runtimeType: 'number', toKey: (value: unknown) => value, fromKey: (value: unknown) => value },
      ],
      prefix: 'p-',
      suffix: '',
    },
    fields: [{ kind: 'value', name: 'text', options: {}, facts: undefined, computed: false }],
    hooks,
    routing,
  } as unknown as IndexModel;
}

const byTenant = { label: 'tenant', of: (row: object) => (row as { tenant: string }).tenant };

describe('the document that a row should have', () => {
  it('is present for each row, with its id, routing and content', () => {
    const [desired] = desiredDocuments(modelOf({}, byTenant), [{ id: 1, text: 'union', tenant: 'a', other: true }]);
    expect(desired).toEqual({ state: 'present', key: 1, id: 'p-1', routing: 'a', source: { text: 'union' } });
  });

  it('is absent for a key without a row, after the rows, whatever type the key came in', () => {
    const desired = [...desiredDocuments(modelOf({}), [{ id: 2, text: 'two' }], [1, '2', 3n])];
    expect(desired.map(({ state, id }) => [state, id])).toEqual([
      ['present', 'p-2'],
      ['absent', 'p-1'],
      ['absent', 'p-3'],
    ]);
  });

  it('is invalid for a row whose document cannot be built, and stops no other', () => {
    const model = modelOf({
      document: (row: { id: number }, document: object) => {
        if (row.id === 1) throw new Error('no title');
        return document;
      },
    });
    const [first, second] = desiredDocuments(model, [
      { id: 1, text: 'one' },
      { id: 2, text: 'two' },
    ]);
    expect(first).toMatchObject({ state: 'invalid', id: 'p-1', error: { code: 'SEARCH_HOOK_FAILED' } });
    expect(second).toMatchObject({ state: 'present', id: 'p-2' });
  });

  it('keeps the routing of a row whose content alone cannot be built', () => {
    const [desired] = desiredDocuments(modelOf({}, byTenant), [{ id: 1, text: NaN, tenant: 'a' }]);
    expect(desired).toMatchObject({ state: 'invalid', routing: 'a', error: { code: 'SEARCH_DOCUMENT_INVALID' } });
  });

  it('is invalid without a routing where the routing cannot be read', () => {
    const [desired] = desiredDocuments(modelOf({}, byTenant), [{ id: 1, text: 'one', tenant: '' }]);
    expect(desired).toMatchObject({ state: 'invalid', routing: undefined, error: { hook: 'routing' } });
  });

  it('depends on more than the key of its row where the index is routed', () => {
    expect([dependsOnRow(modelOf({})), dependsOnRow(modelOf({}, byTenant))]).toEqual([false, true]);
  });
});

describe('a row that is to have no document', () => {
  const conditioned = (when: (row: { id: number }) => unknown): IndexModel => ({
    ...modelOf({}),
    condition: { label: 'when', where: undefined, when: when as never, watched: [] },
  });
  const rows = [
    { id: 1, text: 'one' },
    { id: 2, text: 'two' },
  ];

  it('is absent, by `when` or by a hook that gives undefined, and no other', () => {
    for (const model of [
      conditioned(({ id }) => id > 1),
      modelOf({ document: ({ id }: { id: number }, document: object) => (id > 1 ? document : undefined) }),
    ])
      expect([...desiredDocuments(model, rows)].map(({ state, id }) => [state, id])).toEqual([
        ['absent', 'p-1'],
        ['present', 'p-2'],
      ]);
  });

  it('is not looked for twice where its key was given', () => {
    expect([
      ...desiredDocuments(
        conditioned(() => false),
        rows,
        [1, 2],
      ),
    ]).toHaveLength(2);
  });

  it('is left out where an index is filled', () => {
    expect(
      [
        ...documentsToWrite(
          conditioned(({ id }) => id > 1),
          rows,
        ),
      ].map(({ id }) => id),
    ).toEqual(['p-2']);
  });

  it.each([[1], ['yes'], [undefined], [Promise.resolve(true)]])('is unknown where `when` gives %p', (given) => {
    const [desired] = desiredDocuments(
      conditioned(() => given),
      rows,
    );
    expect(desired).toMatchObject({ state: 'invalid', error: { code: 'SEARCH_HOOK_FAILED', hook: 'when' } });
    expect(String((desired as { error: Error }).error.message)).toContain('has to give true or false');
  });

  it('needs its row to be read wherever code decides', () => {
    expect([
      dependsOnRow(conditioned(() => true)),
      dependsOnRow(modelOf({ document: () => undefined })),
      dependsOnRow({ ...modelOf({}), condition: { label: '', where: () => ({}), when: undefined, watched: [] } }),
    ]).toEqual([true, true, false]);
  });
});
