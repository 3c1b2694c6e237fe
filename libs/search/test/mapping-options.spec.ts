import { describeWith } from '@rookery/services';

import type { IndexState } from '../src/contracts/index-body.js';
import type { IndexDefinition } from '../src/mapping/index-definition.js';
import { planOf } from '../src/migration/plan.js';
import { callEngine } from './call-engine.js';
import { uniqueName } from './harness.js';

const LEFT_OUT = undefined;

/** Of each option its values, those together that mean the same. */
const VALUES: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
  date_detection: [
    [LEFT_OUT, true, 'true'],
    [false, 'false'],
  ],
  numeric_detection: [[LEFT_OUT, false], [true]],
  dynamic_date_formats: [
    [LEFT_OUT, ['strict_date_optional_time', 'yyyy/MM/dd HH:mm:ss Z||yyyy/MM/dd Z']],
    ['yyyy', ['yyyy']],
    [['yyyy', 'yyyy-MM']],
  ],
  dynamic_templates: [
    [LEFT_OUT, []],
    [
      [{ words: { match: 'w*', mapping: { type: 'keyword' } } }],
      [{ words: { mapping: { type: 'keyword' }, match: 'w*' } }],
    ],
    [[{ words: { match: 'x*', mapping: { type: 'keyword' } } }]],
  ],
  _source: [
    [LEFT_OUT, {}, { enabled: true }, { excludes: [] }],
    [{ enabled: false }],
    [{ excludes: ['a', 'b'] }, { enabled: true, excludes: ['a', 'b'] }],
    [{ includes: ['a'] }],
  ],
};

/** For life, or not undone by leaving it out. */
const isRebuild = (option: string, wanted: unknown): boolean => option.startsWith('_') || wanted === LEFT_OUT;

/** Each value, beside each. */
const changesOf = (groups: readonly (readonly unknown[])[]) =>
  groups.flatMap((group) =>
    group.flatMap((live) =>
      groups.flatMap((others) => others.map((wanted) => ({ live, wanted, isSame: others === group }))),
    ),
  );

describe.each(['opensearch', 'opensearch2'] as const)('a changed option of the mapping', (service) => {
  describeWith(service, service, (node) => {
    const indices = new Map<string, IndexState>();
    const name = uniqueName();
    const mappingOf = (option: string, value: unknown): object => (value === LEFT_OUT ? {} : { [option]: value });
    const keyOf = (option: string, value: unknown): string => JSON.stringify([option, value]);

    const call = <T>(method: string, path: string, body?: object) => callEngine<T>(node, method, path, body);

    beforeAll(async () => {
      for (const [option, groups] of Object.entries(VALUES))
        for (const value of groups.flat()) {
          await call('PUT', name, { mappings: { dynamic: 'strict', ...mappingOf(option, value) } });
          const state = await call<Record<string, Pick<IndexState, 'mappings'>>>('GET', `${name}/_mapping`);
          await call('DELETE', name);
          const { mappings } = state[name]!;
          indices.set(keyOf(option, value), { index: name, meta: {}, mappings, settings: {} } as unknown as IndexState);
        }
    });

    it.each(Object.entries(VALUES))(
      '%s: is listed, and only that, and put in place where that is enough',
      (option, groups) => {
        const wrong = changesOf(groups).filter(({ live, wanted, isSame }) => {
          const mappings = { dynamic: 'strict', ...mappingOf(option, wanted), properties: {} };
          const definition = {
            alias: name,
            hash: 'new',
            body: { settings: {}, mappings },
          } as unknown as IndexDefinition;
          const { action, differences } = planOf(definition, indices.get(keyOf(option, live)));
          const listed = differences.map(({ path }) => path).join();
          const isRight = listed === (isSame ? '' : `mappings.${option}`);
          return !isRight || action !== (!isSame && isRebuild(option, wanted) ? 'rebuild' : 'additive');
        });
        expect(wrong).toEqual([]);
      },
    );
  });
});
