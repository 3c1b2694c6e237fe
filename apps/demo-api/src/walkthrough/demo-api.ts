import type { AddressDto } from '../addresses/address.dto.js';
import type { Party } from '../entities/party.js';
import type { SearchAnswer } from '../search/search-answer.js';

const TIMEOUT_MS = 10_000;

/** The routes of a running demo. Each call rejects unless it is answered 200 in time. */
export class DemoApi {
  constructor(private readonly url: string) {}

  search(parameters: Readonly<Record<string, string>>): Promise<SearchAnswer> {
    return this.#call(`/search?${new URLSearchParams(parameters).toString()}`);
  }

  address(id: number): Promise<AddressDto> {
    return this.#call(`/addresses/${id}`);
  }

  async changeParty(president: number, party: Party): Promise<void> {
    const init = { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ party }) };
    await this.#call(`/presidents/${president}`, init);
  }

  async #call<Body>(path: string, init: RequestInit = {}): Promise<Body> {
    const response = await fetch(this.url + path, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.status !== 200) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Body;
  }
}
