import { setTimeout as wait } from 'node:timers/promises';
import type { AddressDto } from '../addresses/address.dto.js';
import type { Party } from '../entities/party.js';
import type { LoginAnswer } from '../login/login.dto.js';
import type { SearchAnswer } from '../search/search-answer.js';

const TIMEOUT_MS = 10_000;
const RETRY_MS = 250;

/** An answer that is no success. */
class RefusedError extends Error {
  constructor(
    path: string,
    readonly status: number,
    body: string,
  ) {
    super(`${path} was answered ${status}: ${body}`);
  }
}

const jsonOf = (method: string, body: object, headers: Record<string, string> = {}): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** The routes of a running demo. Each call rejects unless it succeeds in time. */
export class DemoApi {
  #token: Promise<string> | undefined;

  constructor(
    private readonly url: string,
    private readonly editorPassword: string,
  ) {}

  search(parameters: Readonly<Record<string, string>>): Promise<SearchAnswer> {
    return this.#call(`/search?${new URLSearchParams(parameters).toString()}`);
  }

  /** The same, tried again for so long while the engine is away. */
  async searchOnceThere(parameters: Readonly<Record<string, string>>, deadlineMs: number): Promise<SearchAnswer> {
    const deadline = Date.now() + deadlineMs;
    for (;;) {
      try {
        return await this.search(parameters);
      } catch (error) {
        if (!(error instanceof RefusedError && error.status === 503) || Date.now() > deadline) throw error;
        await wait(RETRY_MS);
      }
    }
  }

  address(id: number): Promise<AddressDto> {
    return this.#call(`/addresses/${id}`);
  }

  changeParty(president: number, party: Party): Promise<void> {
    return this.#edit('PATCH', `/presidents/${president}`, { party });
  }

  removePresident(president: number): Promise<void> {
    return this.#edit('DELETE', `/presidents/${president}`);
  }

  restorePresident(president: number): Promise<void> {
    return this.#edit('POST', `/presidents/${president}/restore`);
  }

  async #edit(method: string, path: string, body?: object): Promise<void> {
    const headers = { authorization: `Bearer ${await (this.#token ??= this.#logIn())}` };
    await this.#call(path, body === undefined ? { method, headers } : jsonOf(method, body, headers));
  }

  async #logIn(): Promise<string> {
    return (await this.#call<LoginAnswer>('/login', jsonOf('POST', { password: this.editorPassword }))).token;
  }

  async #call<Body>(path: string, init: RequestInit = {}): Promise<Body> {
    const response = await fetch(this.url + path, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new RefusedError(path, response.status, await response.text());
    return (response.status === 204 ? undefined : await response.json()) as Body;
  }
}
