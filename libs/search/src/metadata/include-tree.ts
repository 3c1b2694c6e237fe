/** `include` paths by their first segment; an empty tree is the end of a path. */
export type IncludeTree = ReadonlyMap<string, IncludeTree>;

type Growing = Map<string, Growing>;

/** `['year', 'president.name', 'president.party']` -> year, president -> (name, party). */
export function includeTree(paths: readonly string[]): IncludeTree {
  const tree: Growing = new Map();
  for (const path of paths) {
    let level = tree;
    for (const segment of path.split('.')) {
      const next = level.get(segment) ?? (new Map() as Growing);
      level.set(segment, next);
      level = next;
    }
  }
  return tree;
}
