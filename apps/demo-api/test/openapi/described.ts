import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Answer } from './exchange.js';

type Media = Readonly<{ schema: object; 'x-item-schema'?: object }>;
type Header = Readonly<{ required?: boolean; schema: Readonly<{ type: string }> }>;
type Response = Readonly<{ headers?: Record<string, Header>; content?: Record<string, Media> }>;
type Operation = Readonly<{ responses: Record<string, Response>; security?: unknown[]; requestBody?: object }>;
export type Described = Readonly<{
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties?: Record<string, { example?: unknown }> }> };
}>;

/** Headers of every server, and those of helmet, CORS and compression: no client of the API reads them. */
const UNSAID =
  /^(date|connection|keep-alive|transfer-encoding|vary|cache-control|content-.*|cross-origin-.*|origin-agent-cluster|referrer-policy|x-(content-type-options|dns-prefetch-control|download-options|frame-options|permitted-cross-domain-policies|xss-protection|accel-buffering)|pragma|expires)$/;

/** Judges answers by an OpenAPI document, in which every object is closed: what is not documented is not answered. */
export class DocumentCheck {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #seen = new Set<string>();

  constructor(private readonly document: Described) {
    (addFormats as unknown as (ajv: Ajv2020) => void)(this.#ajv);
    this.#ajv.addSchema(closed(document) as object, 'document');
  }

  /** `get /search 200`, of each answer that is documented. */
  get documented(): string[] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { responses }]) =>
        Object.keys(responses).map((status) => `${method} ${path} ${status}`),
      ),
    );
  }

  get missing(): string[] {
    return this.documented.filter((answer) => !this.#seen.has(answer));
  }

  /** @returns what is wrong with an answer; nothing where the document describes all of it. */
  judge(method: string, path: string, answer: Answer): string[] {
    const name = `${method} ${path} ${answer.status}`;
    const response = this.document.paths[path]?.[method]?.responses[answer.status];
    if (response === undefined) return [`${name} is not documented: ${answer.body.slice(0, 300)}`];
    this.#seen.add(name);
    const pointer = `/paths/${escape(path)}/${method}/responses/${answer.status}`;
    return [...this.#headers(response, answer, pointer), ...this.#body(response, answer, pointer)].map(
      (wrong) => `${name}: ${wrong}`,
    );
  }

  #headers({ headers = {} }: Response, answer: Answer, pointer: string): string[] {
    const known = new Map(Object.entries(headers).map(([name, header]) => [name.toLowerCase(), { name, header }]));
    const unknown = Object.keys(answer.headers).filter((name) => !known.has(name) && !UNSAID.test(name));
    return [
      ...unknown.map((name) => `the header ${name} is not documented`),
      ...[...known].flatMap(([key, { name, header }]) => {
        const value = answer.headers[key];
        if (value === undefined) return header.required === true ? [`the header ${name} is missing`] : [];
        const read = header.schema.type === 'integer' ? Number(value) : value;
        return this.#schema(`${pointer}/headers/${escape(name)}/schema`, read);
      }),
    ];
  }

  #body({ content }: Response, { headers, body }: Answer, pointer: string): string[] {
    if (content === undefined) return body === '' ? [] : ['a body is not documented'];
    const type = (headers['content-type'] ?? '').split(';')[0]!;
    const media = content[type];
    if (media === undefined) return [`the content type ${type} is not documented`];
    const at = `${pointer}/content/${escape(type)}`;
    if (/json$/.test(type) && media['x-item-schema'] === undefined)
      return this.#schema(`${at}/schema`, JSON.parse(body));
    if (type === 'text/event-stream') {
      const data = `${at}/schema/properties/data/contentSchema`;
      return eventsOf(body).flatMap((event) => [
        ...this.#schema(`${at}/schema`, event),
        ...this.#schema(data, JSON.parse(event['data']!)),
      ]);
    }
    if (media['x-item-schema'] === undefined) return this.#schema(`${at}/schema`, body);
    const items = itemsOf(body);
    if (items.length === 0) return ['nothing in the stream'];
    return items.flatMap((item) => this.#schema(`${at}/x-item-schema`, item)).slice(0, 5);
  }

  #schema(pointer: string, value: unknown): string[] {
    const $ref = `document#${pointer.split('/').map(encodeURIComponent).join('/')}`;
    const validate = this.#ajv.getSchema($ref) ?? this.#ajv.compile({ $ref });
    if (validate(value) === true) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${pointer}: ${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }
}

function itemsOf(lines: string): unknown[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}

/** The fields of each event. @throws where there is none */
function eventsOf(body: string): Record<string, string>[] {
  const blocks = body.split('\n\n').filter((block) => block.trim() !== '');
  if (blocks.length === 0) throw new Error('no event in the stream');
  return blocks.map((block) =>
    Object.fromEntries<string>(
      [...block.matchAll(/^(\w+): (.*)$/gm)].map(([, name = '', value = '']) => [name, value] as const),
    ),
  );
}

function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, closed(each)]));
  const isOpen = copy['type'] === 'object' && 'properties' in copy && !('additionalProperties' in copy);
  return isOpen ? { ...copy, additionalProperties: false } : copy;
}

const escape = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');
