import type { AddressDto } from '../src/addresses/address.dto.js';
import { DEFAULT_EDITOR_PASSWORD } from '../src/config/defaults.js';
import type { LoginAnswer } from '../src/login/login.dto.js';
import type { PresidentDto } from '../src/presidents/president.dto.js';
import type { Problem } from '../src/problem/problem.js';
import type { SearchAnswer } from '../src/search/search-answer.js';
import { until } from './until.js';

const JSON_TYPE = { 'content-type': 'application/json' };

type Answer<Body> = Readonly<{ status: number; headers: Headers; body: Body }>;

async function answer<Body>(response: Response): Promise<Answer<Body>> {
  return {
    status: response.status,
    headers: response.headers,
    body: (response.status === 204 ? undefined : await response.json()) as Body,
  };
}

export type Health = Readonly<{ status: string; details: Record<string, { status: string }> }>;

/** The demo's routes. */
export class DemoClient {
  #token: Promise<string> | undefined;

  constructor(private readonly url: string) {}

  search(parameters: Record<string, string> | [string, string][]): Promise<Answer<SearchAnswer>> {
    return this.get(`/search?${new URLSearchParams(parameters).toString()}`);
  }

  address(id: number): Promise<Answer<AddressDto>> {
    return this.get(`/addresses/${id}`);
  }

  /** An address that some earlier request has read: a cache that was late, on a busy machine, is read again. */
  cachedAddress(id: number): Promise<Answer<AddressDto>> {
    return until(
      () => this.address(id),
      ({ headers }) => headers.get('x-cache') === 'HIT',
    );
  }

  change(president: number | string, change: unknown): Promise<Answer<PresidentDto>> {
    return this.edit('PATCH', `/presidents/${president}`, change);
  }

  /** With the token of an editor. */
  async edit<Body>(method: string, path: string, body?: unknown): Promise<Answer<Body>> {
    const authorization = `Bearer ${await (this.#token ??= this.logIn())}`;
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { authorization, ...(body === undefined ? {} : JSON_TYPE) };
    return answer(await fetch(this.url + path, { method, headers, ...sent }));
  }

  async logIn(password = DEFAULT_EDITOR_PASSWORD): Promise<string> {
    const init = { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ password }) };
    return (await answer<LoginAnswer>(await fetch(`${this.url}/login`, init))).body.token;
  }

  async get<Body = Problem>(path: string): Promise<Answer<Body>> {
    return answer(await fetch(this.url + path));
  }
}
