import type { ExecutionContext } from '@nestjs/common';

/** What is read of a request, of Express and of Fastify alike. */
export type HttpRequest = Readonly<{
  method: string;
  url: string;
  originalUrl?: string;
  protocol?: string;
  /** Without the port; behind a trusted proxy what that forwards. */
  hostname?: string;
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}>;

type HeaderValue = number | string | string[];

/** A response of Express, or a reply of Fastify. */
type NativeResponse = {
  readonly statusCode: number;
  /** Of Express. */
  readonly headersSent?: boolean;
  /** Of Fastify. */
  readonly sent?: boolean;
  status(code: number): unknown;
  getHeader(name: string): HeaderValue | undefined;
  getHeaders(): Readonly<Record<string, HeaderValue | undefined>>;
  setHeader?(name: string, value: HeaderValue): unknown;
  header(name: string, value: HeaderValue): unknown;
};

/** The response, with one way to set a header. */
export class HttpResponse {
  constructor(private readonly native: NativeResponse) {}

  /** Whether the handler has answered by itself. */
  get isSent(): boolean {
    return this.native.headersSent ?? this.native.sent ?? false;
  }

  get status(): number {
    return this.native.statusCode;
  }

  set status(code: number) {
    this.native.status(code);
  }

  get headers(): Readonly<Record<string, HeaderValue | undefined>> {
    return { ...this.native.getHeaders() };
  }

  /** @returns the header as one text, `''` where it is not set. */
  header(name: string): string {
    return String(this.native.getHeader(name) ?? '');
  }

  setHeader(name: string, value: HeaderValue): void {
    // `header` of Express would add a charset of its own.
    if (this.native.setHeader) this.native.setHeader(name, value);
    else this.native.header(name, value);
  }

  /** Adds names to `Vary`. */
  addVary(names: readonly string[]): void {
    const present = namesIn(this.header('vary'));
    const all = [...new Set([...present, ...names])];
    if (all.length > present.length) this.setHeader('vary', all.join(', '));
  }
}

export const requestOf = (context: ExecutionContext): HttpRequest => context.switchToHttp().getRequest<HttpRequest>();

export const responseOf = (context: ExecutionContext): HttpResponse =>
  new HttpResponse(context.switchToHttp().getResponse<NativeResponse>());

/** The names of a header such as `Vary`, in lower case. */
export const namesIn = (header: string): readonly string[] =>
  header
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
