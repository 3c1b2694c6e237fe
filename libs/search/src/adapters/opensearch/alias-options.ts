import type { AliasOptions, IndexState } from '../../contracts/index-body.js';

/** Of the aliases that have a filter or routing of their own. */
export function aliasOptions(
  aliases: Readonly<Record<string, AliasOptions>>,
): Pick<IndexState, 'aliasOptions'> | undefined {
  const entries = Object.entries(aliases).map(([name, { filter, search_routing: search, index_routing: write }]) => {
    const own: AliasOptions = {
      ...(filter ? { filter } : {}),
      ...(search === undefined ? {} : { search_routing: search }),
      ...(write === undefined ? {} : { index_routing: write }),
    };
    return [name, own] as const;
  });
  const told = entries.filter(([, own]) => Object.keys(own).length > 0);
  return told.length > 0 ? { aliasOptions: Object.fromEntries(told) } : undefined;
}
