import { defineEntity, p } from '@mikro-orm/core';
import { defineIndex } from '@rookery/search';
import type { Rows } from '../row.js';

const schemaOf = (name: string, more: object = {}) =>
  defineEntity({ name, properties: { id: p.integer().primary(), text: p.text() }, ...more });

const Replaced = schemaOf('Exchanged');
defineIndex(Replaced, { name: 'exchanged', fields: { text: {} } });
Replaced.setClass(class Later extends Replaced.class {});

const Misspelt = schemaOf('Misspelled');
defineIndex(Misspelt, { name: 'misspelled', fields: { txt: {} } as never });

const Wild = schemaOf('Wild', { schema: '*' });
defineIndex(Wild, { name: 'wild', fields: { text: {} } });

const way = (test: string) =>
  ({ verdict: 'followed', spec: 'ways/ways.spec.ts', test: `an entity written by ${test} followed by` }) as const;

export const WAYS: Rows = {
  'legacy decorators': way('legacy decorators'),
  'stage-3 decorators': way('stage-3 decorators'),
  '`defineEntity`': way('defineEntity'),
  '`EntitySchema`': way('EntitySchema'),
  '`setClass` after `defineIndex`': {
    verdict: 'refused',
    entities: [Replaced],
    complaint: 'got another class by `setClass` after `defineIndex`',
  },
  'fields that no property and no getter has': {
    verdict: 'refused',
    entities: [Misspelt],
    complaint: 'Misspelled.txt: is neither a mapped property nor a getter',
  },
  'several ORMs': { verdict: 'followed', spec: 'ways/databases.spec.ts', test: 'follows each of two databases' },
  'several schemas by name': {
    verdict: 'followed',
    spec: 'ways/databases.spec.ts',
    test: 'follows entities of schemas by name',
  },
  "`schema: '*'`": { verdict: 'refused', entities: [Wild], complaint: "Wild: has the schema '*'" },
  'rows that a call puts into another schema: `fork({ schema })`': {
    verdict: 'not followed',
    spec: 'ways/databases.spec.ts',
    test: 'does not follow rows of another schema',
  },
};
