/** What the demo prints when it serves. */
export function welcome(url: string): string {
  return [
    `State of the Union search: ${url} (its API: ${url}/docs). Try:`,
    `  curl '${url}/search?q=public+debt&party=Republican&from=1861&to=1900'`,
    `  curl -i ${url}/addresses/72`,
    `  curl -X PATCH ${url}/presidents/15 -H 'content-type: application/json' -d '{"party":"National Union"}'`,
    'Ctrl-C stops it.',
  ].join('\n');
}
