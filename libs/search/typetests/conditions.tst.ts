import { describe, expect, it } from 'tstyche';
import type { IndexedOptions } from '@rookery/search';
import type { Passage } from './model.js';

type Where = Pick<IndexedOptions<Passage>, 'where'>;

describe('conditions of an index', () => {
  it('are the conditions of the ORM, over columns and relations', () => {
    expect<Where>().type.toBeAssignableFrom({ where: { note: null } });
    expect<Where>().type.toBeAssignableFrom({ where: { quoted: true, address: { year: { $gte: 1900 } } } });
    expect<Where>().type.toBeAssignableFrom({
      where: { $or: [{ text: 'a' }, { address: { president: { name: 'b' } } }] },
    });
    expect<Where>().type.toBeAssignableFrom({ where: { address: { passages: { $some: { text: 'a' } } } } });
  });

  it('know no other property, and no value of another type', () => {
    expect<Where>().type.not.toBeAssignableFrom({ where: { deletedAt: null } });
    expect<Where>().type.not.toBeAssignableFrom({ where: { address: { yaer: 1900 } } });
    expect<Where>().type.not.toBeAssignableFrom({ where: { quoted: 'yes' } });
  });

  it('decide in code by the row', () => {
    expect<IndexedOptions<Passage>>().type.toBeAssignableFrom({ when: ({ quoted }: Passage) => quoted });
    expect<IndexedOptions<Passage>>().type.not.toBeAssignableFrom({ when: ({ text }: Passage) => text });
    expect<IndexedOptions<Passage>>().type.toBeAssignableFrom({
      document: ({ quoted }: Passage, document: object) => (quoted ? document : undefined),
    });
  });

  it('are filters by name, with their parameters', () => {
    expect<IndexedOptions<Passage>>().type.toBeAssignableFrom({ filters: ['softDelete'] });
    expect<IndexedOptions<Passage>>().type.toBeAssignableFrom({ filters: { softDelete: true, tenant: { id: 1 } } });
    expect<IndexedOptions<Passage>>().type.not.toBeAssignableFrom({ filters: 'softDelete' });
  });
});
