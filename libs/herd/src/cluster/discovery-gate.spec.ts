import fc from 'fast-check';

import type { Node } from '../contracts/node.js';
import { decide, noNodesYet } from './discovery-gate.js';
import type { Accepted } from './discovery-gate.js';

const node = (id: string): Node => ({ id, host: id, port: 11211 });
const nodes = (...ids: string[]) => ids.map(node);

function accept(
  found: { nodes: readonly Node[]; version?: number },
  present: Accepted = noNodesYet,
  minFraction = 0.5,
): Accepted {
  const decision = decide(found, present, minFraction);
  if ('rejected' in decision) throw new Error(decision.rejected);
  return decision.accepted;
}
const rejection = (found: Parameters<typeof decide>[0], present: Accepted, minFraction = 0.5): string | undefined => {
  const decision = decide(found, present, minFraction);
  return 'rejected' in decision ? decision.rejected : undefined;
};
const ids = (accepted: Accepted) => accepted.nodes.map(({ id }) => id);

describe('the gate of discovery', () => {
  const four = accept({ nodes: nodes('a', 'b', 'c', 'd'), version: 7 });

  it('rejects to lose all nodes', () => expect(rejection({ nodes: [] }, four)).toMatch('no nodes'));

  it('rejects what is no list of nodes', () => {
    expect(rejection({ nodes: undefined as never }, four)).toMatch('no nodes');
    expect(rejection({ nodes: nodes('a', 'a') }, four)).toMatch('must not have the id a');
  });

  it.each(['7', NaN, 1.5, Infinity, null, {}])('rejects %p for a version', (version) =>
    expect(decide({ nodes: nodes('a'), version: version as never }, noNodesYet, 0.5)).toMatchObject({
      rejected: expect.stringContaining('its version must be a whole number or a bigint') as string,
    }),
  );

  it.each([undefined, null])('rejects %p for an answer', (answer) =>
    expect(decide(answer as never, noNodesYet, 0.5)).toEqual({ rejected: `it gave ${answer}, and no nodes` }),
  );

  it('rejects an older version, accepts the same and a later one', () => {
    expect(rejection({ nodes: nodes('a', 'b', 'c'), version: 6 }, four)).toMatch('version 6 is older than 7');
    expect(rejection({ nodes: nodes('a', 'b', 'c'), version: 7 }, four)).toBeUndefined();
    expect(rejection({ nodes: nodes('a', 'b', 'c'), version: 8 }, four)).toBeUndefined();
  });

  it('follows a fleet that shrank below the least fraction when three answers in a row agree', () => {
    let present = four;
    for (const answer of [1, 2]) {
      const decision = decide({ nodes: nodes('a') }, present, 0.5);
      expect(decision).toMatchObject({ rejected: `it found 1 of 4 nodes, in answer ${answer} of 3 that must agree` });
      if ('rejected' in decision) present = decision.present!;
      expect(ids(present)).toEqual(['a', 'b', 'c', 'd']);
    }
    expect(ids(accept({ nodes: nodes('a') }, present))).toEqual(['a']);
  });

  it('begins to count anew when the nodes are seen again', () => {
    const once = decide({ nodes: nodes('a') }, four, 0.5);
    const back = accept({ nodes: nodes('a', 'b', 'c', 'd') }, 'rejected' in once ? once.present : undefined);
    expect(rejection({ nodes: nodes('a') }, back)).toMatch('answer 1 of 3');
  });

  it('believes a newer version at once, however small, and whatever it misses', () => {
    expect(ids(accept({ nodes: nodes('a'), version: 8 }, four))).toEqual(['a']);
    expect(ids(accept({ nodes: nodes('a', 'b', 'c'), version: 8 }, four))).toEqual(['a', 'b', 'c']);
    expect(rejection({ nodes: nodes('a'), version: 7 }, four)).toMatch('answer 1 of 3');
  });

  it('waits for no third answer where the fraction is 0', () => {
    const once = accept({ nodes: nodes('a') }, four, 0);
    expect(ids(once)).toEqual(['a', 'b', 'c', 'd']);
    expect(ids(accept({ nodes: nodes('a') }, once, 0))).toEqual(['a']);
  });

  it('follows any answer in the end that is given again and again', () => {
    const some = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { minLength: 1 });
    fc.assert(
      fc.property(
        some,
        fc.array(some, { maxLength: 6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (last, first, fraction) => {
          let present = noNodesYet;
          for (const names of [...first, last, last, last]) {
            const decision = decide({ nodes: nodes(...names) }, present, fraction);
            present = 'rejected' in decision ? (decision.present ?? present) : decision.accepted;
          }
          expect(ids(present).sort()).toEqual([...last].sort());
        },
      ),
    );
  });

  it('accepts a new node at once', () =>
    expect(ids(accept({ nodes: nodes('a', 'b', 'c', 'd', 'e') }, four))).toEqual(['a', 'b', 'c', 'd', 'e']));

  it('removes a node when a second poll misses it too', () => {
    const once = accept({ nodes: nodes('a', 'b', 'c') }, four);
    expect(ids(once)).toEqual(['a', 'b', 'c', 'd']);
    expect(ids(accept({ nodes: nodes('a', 'b', 'c') }, once))).toEqual(['a', 'b', 'c']);
  });

  it('forgets a miss when the node is seen again', () => {
    const once = accept({ nodes: nodes('a', 'b', 'c') }, four);
    const back = accept({ nodes: nodes('a', 'b', 'c', 'd') }, once);
    expect(ids(accept({ nodes: nodes('a', 'b', 'c') }, back))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('does not keep a missing node beside a new one at its address', () => {
    const renamed = { ...node('z'), host: 'd' };
    expect(ids(accept({ nodes: [...nodes('a', 'b', 'c'), renamed] }, four))).toEqual(['a', 'b', 'c', 'z']);
  });
});
