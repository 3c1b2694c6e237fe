import { applyDecorators } from '@nestjs/common';
import type { Duration } from '@rookery/limiter';
import { Transform } from 'class-transformer';
import { IsIn, Matches, ValidateBy } from 'class-validator';

/** A rate limit: `limit` requests for each `per`, such as `'1m'`. */
export type RateLimitSetting = Readonly<{ limit: number; per: Duration }>;

/** Text that `read` gives a value for; what it refuses stays as it came, for the complaint to show. */
function ReadAs<Value extends object>(read: (text: string) => Value | undefined, rule: string): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (read(value) ?? value) : value)),
    ValidateBy({
      name: 'readAs',
      validator: { validate: (value) => typeof value === 'object', defaultMessage: () => `$property must be ${rule}` },
    }),
  );
}

/** The address of a server, without which nothing starts. */
export function ServerUrl(protocols: readonly string[], example: string): PropertyDecorator {
  const rule = `a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}, such as ${example}`;
  return ValidateBy({
    name: 'serverUrl',
    validator: {
      validate: (value) => typeof value === 'string' && protocols.includes(URL.parse(value)?.protocol ?? ''),
      defaultMessage: (args) => (isGiven(args!.value) ? `$property must be ${rule}` : missing(example)),
    },
  });
}

/** `host:port` of each server, at least one. */
export function ServerList(example: string): PropertyDecorator {
  const read = (text: string) => {
    const servers = text.split(',').map((server) => server.trim());
    return servers.every(isServer) ? servers : undefined;
  };
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (read(value) ?? value) : value)),
    ValidateBy({
      name: 'serverList',
      validator: {
        validate: (value) => Array.isArray(value),
        defaultMessage: (args) =>
          isGiven(args!.value)
            ? `$property must be host:port, several separated by commas, such as ${example}`
            : missing(example),
      },
    }),
  );
}

/** Parts separated by commas, or none. */
export function ListOf(isRight: (part: string) => boolean, rule: string): PropertyDecorator {
  return ReadAs((text) => {
    const parts = text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
    return parts.every(isRight) ? parts : undefined;
  }, `${rule}, several separated by commas`);
}

/** Requests for each duration, such as `600/1m`. */
export function Rate(example: string): PropertyDecorator {
  return ReadAs(rateOf, `requests per duration, such as ${example}`);
}

/** The same, at least `least` of them. */
export function RateFrom(least: number, what: string): PropertyDecorator {
  return ReadAs((text) => {
    const rate = rateOf(text);
    return rate !== undefined && rate.limit >= least ? rate : undefined;
  }, `${what} per duration, such as ${least}/1h, ${least} or more`);
}

export function OneOf(values: readonly string[]): PropertyDecorator {
  return IsIn(values, { message: `$property must be ${values.slice(0, -1).join(', ')} or ${values.at(-1)}` });
}

export function Text(pattern: RegExp, rule: string): PropertyDecorator {
  return Matches(pattern, { message: `$property must be ${rule}` });
}

function rateOf(text: string): RateLimitSetting | undefined {
  const [, limit, per] = /^([1-9]\d{0,8})\/([1-9]\d{0,5}(?:ms|s|m|h|d))$/.exec(text) ?? [];
  return limit === undefined || per === undefined ? undefined : { limit: Number(limit), per: per as Duration };
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== '';

function isServer(text: string): boolean {
  const [, port] = /^(?:\[[\da-f:.]+\]|[^\s:,[\]]+):(\d{1,5})$/i.exec(text) ?? [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

function missing(example: string): string {
  return `$property is not set: give the address of a server, such as ${example}, or run \`npm run demo\`, which starts one`;
}
