import type { DemoConfig } from './config/demo-config.js';

/** What the demo prints when it serves. Its last line is what to do next. */
export function welcome(url: string, { edits }: Pick<DemoConfig, 'edits'>): string {
  const edit = `  curl -X PATCH ${url}/presidents/15 -H 'content-type: application/json' -d '{"party":"National Union"}'`;
  return [
    `The API is described at ${url}/docs. Try:`,
    `  curl '${url}/search?q=public+debt&party=Republican&from=1861&to=1900'`,
    `  curl -i ${url}/addresses/72`,
    ...(edits === 'open' ? [edit] : []),
    `Open this address: ${url} (Ctrl-C stops it)`,
  ].join('\n');
}
