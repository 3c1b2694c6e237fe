/** What stands between ```language and ``` on a page. */
export const blocksOf = (page, language) =>
  [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].filter(([, of]) => of === language).map(([, , text]) => text);

/** The blocks that name their file in their first line, by that name. */
export const filesOf = (page) =>
  new Map(
    blocksOf(page, 'ts').flatMap((text) => {
      const [, file] = /^\/\/ (src\/\S+\.ts)\n/.exec(text) ?? [];
      return file ? [[file, text]] : [];
    }),
  );

/** The calls of curl, one a line. */
export const requestsOf = (page) =>
  blocksOf(page, 'sh')
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.startsWith('curl '));
