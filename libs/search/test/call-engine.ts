/** What OpenSearch itself answers, refusals included. */
export const engineAnswer = (node: string, method: string, path: string, body?: object): Promise<Response> =>
  fetch(`${node}/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });

/** The same, read. @throws Error with the beginning of a refusal. */
export async function callEngine<T>(node: string, method: string, path: string, body?: object): Promise<T> {
  const answer = await engineAnswer(node, method, path, body);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text.slice(0, 500));
  return JSON.parse(text) as T;
}
