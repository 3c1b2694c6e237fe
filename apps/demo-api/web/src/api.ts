// The shapes of the demo's answers, as its OpenAPI document describes them.
export type President = Readonly<{ id: number; name: string; party: string }>;
export type AddressSummary = Readonly<{ id: number; year: number; title: string }>;
export type Hit = Readonly<{
  id: number;
  address: AddressSummary;
  president: President;
  text: string;
  highlights: readonly string[];
}>;
export type SearchAnswer = Readonly<{
  total: number;
  pages: number;
  nextCursor: string | null;
  didYouMean: string | null;
  hits: readonly Hit[];
  facets: Readonly<{
    party: readonly Readonly<{ party: string; count: number }>[];
    president: readonly Readonly<{ id: number; name: string; count: number }>[];
    decade: readonly Readonly<{ decade: string; count: number }>[];
    year: readonly Readonly<{ year: number; count: number }>[];
  }>;
}>;
export type Suggestions = Readonly<{ presidents: readonly President[]; addresses: readonly AddressSummary[] }>;
export type WholeAddress = AddressSummary &
  Readonly<{ president: President; passages: readonly Readonly<{ id: number; text: string }>[] }>;

/** Longer than any deadline of the application: what hangs here is the way to it. */
const TIMEOUT_MS = 15_000;

/** A request that was not answered with a success. Its message is a sentence for a person. */
export class RequestError extends Error {
  constructor(
    /** Undefined where there was no answer at all. */
    readonly status: number | undefined,
    message: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** Receives the headers of the last answer and of each that follows, as they have the limits. */
export type AnswerListener = (headers: Headers) => void;
const listeners = new Set<AnswerListener>();
let lastHeaders: Headers | undefined;

export function onAnswer(listener: AnswerListener): () => void {
  listeners.add(listener);
  if (lastHeaders) listener(lastHeaders);
  return () => listeners.delete(listener);
}

/** @throws {@link RequestError}, and an `AbortError` where `signal` ended it. */
export async function call<Body>(path: string, init: RequestInit = {}): Promise<Body> {
  const late = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(path, { ...init, signal: init.signal ? AbortSignal.any([late, init.signal]) : late });
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new RequestError(undefined, 'The application does not answer. The page tries again by itself.');
  }
  lastHeaders = response.headers;
  for (const listener of listeners) listener(lastHeaders);
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as Body;
  throw await errorOf(response);
}

export function send<Body = undefined>(method: 'DELETE' | 'POST', path: string): Promise<Body> {
  return call(path, { method });
}

export function sendJson<Body>(method: 'PATCH' | 'POST', path: string, body: unknown): Promise<Body> {
  return call(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

async function errorOf(response: Response): Promise<RequestError> {
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  const seconds = Number(response.headers.get('retry-after') ?? NaN);
  return new RequestError(response.status, sentence(response.status, problem.detail, seconds), seconds * 1000);
}

function sentence(status: number, detail: string | undefined, retryAfterSeconds: number): string {
  switch (status) {
    case 429:
      return `That was more than the limit grants. It goes on in ${retryAfterSeconds > 1 ? `${retryAfterSeconds} seconds` : 'a second'}.`;
    case 500:
      return 'The database does not answer. The page tries again by itself.';
    case 503:
      return `${(detail ?? 'The application is busy.').replace(' Try again later.', '')} The page tries again by itself.`;
    default:
      return detail ?? `The application answered ${status}.`;
  }
}

/** What the page shows of any error. */
export function messageOf(error: unknown): string {
  return error instanceof RequestError ? error.message : 'Something in the page went wrong. Reload it.';
}
