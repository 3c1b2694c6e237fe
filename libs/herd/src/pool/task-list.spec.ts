import fc from 'fast-check';

import { Listed, TaskList } from './task-list.js';

class Item extends Listed<Item> {
  constructor(readonly name: number) {
    super();
  }
}

function namesOf(list: TaskList<Item>): readonly number[] {
  const names: number[] = [];
  for (let item = list.first; item; item = item.after) names.push(item.name);
  return names;
}

it('keeps what a Set keeps, in its order, whatever is removed when', () => {
  const step = fc.record({ kind: fc.constantFrom('add', 'remove', 'takeEven'), name: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const items = Array.from({ length: 21 }, (_, name) => new Item(name));
      const list = new TaskList<Item>();
      const model = new Set<number>();
      for (const { kind, name } of steps) {
        if (kind === 'add' && !model.has(name)) {
          list.add(items[name]!);
          model.add(name);
        }
        if (kind === 'remove') expect(list.remove(items[name]!)).toBe(model.delete(name));
        if (kind === 'takeEven') {
          const even = [...model].filter((one) => one % 2 === 0);
          expect(list.take((one) => one.name % 2 === 0).map((one) => one.name)).toEqual(even);
          for (const one of even) model.delete(one);
        }
        expect([namesOf(list), list.size]).toEqual([[...model], model.size]);
      }
    }),
  );
});

it('lets go of what it no longer has', () => {
  const list = new TaskList<Item>();
  const items = [new Item(1), new Item(2), new Item(3)];
  for (const item of items) list.add(item);
  list.remove(items[1]!);
  expect(items[1]).toMatchObject({ before: undefined, after: undefined, list: undefined });
  expect(new TaskList<Item>().remove(items[0]!)).toBe(false);
});
