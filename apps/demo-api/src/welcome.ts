/** What the demo prints when it serves. Its last line says what to do next. */
export function welcome(url: string): string {
  return [
    `The API is described at ${url}/docs. Try:`,
    `  curl '${url}/search?q=public+debt&party=Republican&from=1861&to=1900'`,
    `  curl -i ${url}/addresses/72`,
    `  curl -X PATCH ${url}/presidents/15 -H 'content-type: application/json' -d '{"party":"National Union"}'`,
    `Open this address: ${url} (Ctrl-C stops it)`,
  ].join('\n');
}
