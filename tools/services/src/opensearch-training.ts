const INDEX = 'training';

/** Sends a node the requests of tests and demos, so that the classes behind the answers are among those it has loaded. */
export async function useOnce(address: string): Promise<void> {
  const ask = async (method: string, path: string, body?: object | string): Promise<void> => {
    const response = await fetch(`${address}/${path}`, {
      method,
      headers: { 'content-type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    await response.arrayBuffer();
  };
  const lines = [{ index: { _id: '1' } }, { title: 'one book', sold: 1, at: '2020-01-01', parts: [{ name: 'a' }] }];
  await ask('PUT', INDEX, {
    settings: {
      number_of_replicas: 0,
      analysis: { analyzer: { own: { tokenizer: 'standard', filter: ['lowercase'] } } },
    },
    mappings: {
      properties: {
        title: { type: 'text', analyzer: 'own', fields: { raw: { type: 'keyword' } } },
        sold: { type: 'integer' },
        at: { type: 'date' },
        parts: { type: 'nested', properties: { name: { type: 'keyword' } } },
      },
    },
  });
  await ask('POST', '_aliases', { actions: [{ add: { index: INDEX, alias: `${INDEX}-alias` } }] });
  await ask('POST', `${INDEX}/_bulk?refresh=true`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await ask('POST', `${INDEX}/_update/1`, { script: { source: 'ctx._source.sold += 1' } });
  await ask('POST', `${INDEX}/_search`, {
    query: {
      bool: {
        must: [{ match: { title: 'book' } }],
        filter: [
          { range: { sold: { gte: 0 } } },
          { nested: { path: 'parts', query: { term: { 'parts.name': 'a' } } } },
        ],
      },
    },
    sort: [{ sold: 'asc' }, '_doc'],
    highlight: { fields: { title: {} } },
    aggs: {
      titles: { terms: { field: 'title.raw' } },
      years: { date_histogram: { field: 'at', calendar_interval: 'year' } },
    },
  });
  await ask('POST', `${INDEX}/_search/point_in_time?keep_alive=1m`);
  await ask('DELETE', '_search/point_in_time/_all');
  await ask('DELETE', INDEX);
}
