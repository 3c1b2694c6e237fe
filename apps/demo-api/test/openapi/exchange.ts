import { request } from 'node:http';
import { text } from 'node:stream/consumers';

const TIMEOUT_MS = 20_000;

export type Answer = Readonly<{ status: number; headers: Readonly<Record<string, string>>; body: string }>;
export type Call = Readonly<{ method: string; path: string; headers?: Record<string, string>; body?: string }>;

/** One request over node:http: fetch adds `Cache-Control: no-cache` to a conditional one, which is never answered 304 then. */
export function exchange(url: string, call: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, path, headers = {}, body } = call;
    const sent = request(url + path, { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS) }, (response) => {
      const heard = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const);
      text(response).then(
        (answered) => resolve({ status: response.statusCode!, headers: Object.fromEntries(heard), body: answered }),
        reject,
      );
    });
    sent.once('error', reject).end(body);
  });
}

/** A stream that stays open until it is ended. @returns its head, and the first event where it is one. */
export async function openStream(
  url: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<Answer & Readonly<{ end: () => void }>> {
  const controller = new AbortController();
  const response = await fetch(url + path, { headers, signal: controller.signal });
  const head = {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    end: () => controller.abort(),
  };
  if (response.status !== 200) return { ...head, body: await response.text() };
  let body = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream()).values({ preventCancel: true })) {
    body += chunk;
    if (/^data: .*\n\n/m.test(body)) break;
  }
  return { ...head, body: body.slice(0, body.lastIndexOf('\n\n') + 2) };
}
