import type { Duration } from '@rookery/limiter';
import { FIRST_YEAR, LAST_YEAR } from './export/years.js';

/** A rate limit: `limit` requests for each `per`, such as `'1m'`. */
export type RateLimitSetting = Readonly<{ limit: number; per: Duration }>;

const WHOLE_EXPORT = LAST_YEAR - FIRST_YEAR + 1;

/** Gathers complaints instead of stopping at the first one. */
export class EnvironmentReader {
  readonly complaints: string[] = [];

  constructor(private readonly env: NodeJS.ProcessEnv) {}

  url(name: string, protocols: readonly string[], example: string): string {
    const value = this.#required(name, example);
    if (value !== undefined && !protocols.includes(URL.parse(value)?.protocol ?? '')) {
      this.#complain(
        name,
        `must be a URL that begins with ${protocols.map((p) => `${p}//`).join(' or ')}, such as ${example}`,
        withoutPassword(value),
      );
    }
    return value ?? '';
  }

  servers(name: string, example: string): string[] {
    const value = this.#required(name, example);
    if (value === undefined) return [];
    const servers = value.split(',').map((server) => server.trim());
    if (!servers.every((server) => /^(\[[\da-f:.]+\]|[^\s:,[\]]+):\d{1,5}$/i.test(server))) {
      this.#complain(name, `must be host:port, several separated by commas, such as ${example}`, value);
    }
    return servers;
  }

  /** Parts separated by commas; none when it is not set. */
  list(name: string, isRight: (part: string) => boolean, rule: string): string[] {
    const value = this.env[name] ?? '';
    const parts = value.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
    if (!parts.every(isRight)) this.#complain(name, `must be ${rule}, several separated by commas`, value);
    return parts;
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const value = this.env[name];
    if (value === undefined) return fallback;
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (!(number >= min && number <= max)) this.#complain(name, `must be a whole number from ${min} to ${max}`, value);
    return number;
  }

  matching(name: string, fallback: string, pattern: RegExp, rule: string): string {
    const value = this.env[name] ?? fallback;
    if (!pattern.test(value)) this.#complain(name, `must be ${rule}`, value);
    return value;
  }

  limit(name: string, fallback: string): RateLimitSetting {
    const value = this.env[name] ?? fallback;
    const [, limit, per] = /^([1-9]\d{0,8})\/([1-9]\d{0,5}(?:ms|s|m|h|d))$/.exec(value) ?? [];
    if (limit === undefined || per === undefined)
      this.#complain(name, `must be requests per duration, such as ${fallback}`, value);
    return { limit: Number(limit), per: per as Duration };
  }

  /** One export of all years must fit, or it could never pass. */
  exportLimit(name: string, fallback: string): RateLimitSetting {
    const setting = this.limit(name, fallback);
    if (setting.limit < WHOLE_EXPORT)
      this.#complain(
        name,
        `must be years per duration, at least the ${WHOLE_EXPORT} of one whole export`,
        this.env[name] ?? fallback,
      );
    return setting;
  }

  oneOf<Value extends string>(name: string, values: readonly [Value, ...Value[]]): Value {
    const value = this.env[name] ?? values[0];
    const known = values.find((each) => each === value);
    if (known === undefined)
      this.#complain(name, `must be ${values.slice(0, -1).join(', ')} or ${values.at(-1)}`, value);
    return known ?? values[0];
  }

  #required(name: string, example: string): string | undefined {
    const value = this.env[name];
    if (value !== undefined && value !== '') return value;
    this.complaints.push(
      `${name} is not set: give the address of a server, such as ${example}, or run \`npm run demo\`, which starts one`,
    );
    return undefined;
  }

  #complain(name: string, rule: string, value: string): void {
    this.complaints.push(`${name} ${rule} (got ${JSON.stringify(value)})`);
  }
}

function withoutPassword(value: string): string {
  return value.replace(/:[^:/@]*@/, ':***@');
}
