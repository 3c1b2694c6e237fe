import type { EntityManager } from '@mikro-orm/postgresql';
import { Address, Party, Passage, President, Topic } from './entities.js';

/** Three presidents, three addresses, six passages, two topics. */
export async function seed(em: EntityManager): Promise<void> {
  const union = em.create(Topic, { id: 1, label: 'union' });
  const trade = em.create(Topic, { id: 2, label: 'trade' });
  const people = [
    em.create(President, { id: 1, name: 'Millard Fillmore', party: Party.Whig }),
    em.create(President, { id: 2, name: 'Abraham Lincoln', party: Party.Republican }),
    em.create(President, { id: 3, name: 'Woodrow Wilson', party: Party.Democratic }),
  ];
  const years = [1850, 1862, 1913];
  const addresses = people.map((president, at) => {
    const year = years[at]!;
    return em.create(Address, {
      id: at + 1,
      year,
      heldAt: new Date(Date.UTC(year, 11, 2)),
      place: { city: 'Washington', room: 'House' },
      president,
    });
  });
  const texts = [
    [0, 'The Union must be preserved by the laws', [union]],
    [0, 'Commerce with foreign nations has grown', [trade]],
    [1, 'In giving freedom to the slave we assure freedom to the free', []],
    [1, 'The last best hope of the union', [union]],
    [2, 'Banking and currency laws need reform', [trade]],
    [2, 'The state of the Union is strong and its trade is free', [union, trade]],
  ] as const;
  texts.forEach(([address, text, topics], at) => {
    em.create(Passage, {
      id: at + 1,
      text,
      position: at % 2,
      quoted: at === 3,
      address: addresses[address]!,
      topics: [...topics],
    });
  });
  await em.flush();
}
