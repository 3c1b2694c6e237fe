import type { ContextReader } from './context-reader.js';
import { setHeader, type HttpRequest, type HttpResponse } from './http-exchange.js';

/** What drivers put into the context of GraphQL: Apollo `req` and `res`, Mercurius `reply`, graphql-ws `extra`. */
interface GraphqlContext {
  readonly req?: HttpRequest & { readonly res?: HttpResponse };
  readonly request?: HttpRequest;
  readonly res?: HttpResponse;
  readonly reply?: HttpResponse & { readonly request?: HttpRequest };
  readonly extra?: { readonly request?: HttpRequest };
}

const CODE = { 400: 'BAD_USER_INPUT', 429: 'RATE_LIMITED', 503: 'RATE_LIMIT_UNAVAILABLE' } as const;

/** Each field of a query is a call of its own, so that aliases in one query are counted one by one. */
export const graphqlReader: ContextReader = (execution, { addresses }) => {
  const context = execution.getArgByIndex<GraphqlContext | undefined>(2) ?? {};
  const request = requestOf(context);
  const response = responseOf(context);
  return {
    request,
    identity: execution.getArgs(),
    address: () => addresses.of(request),
    ...(response && { setHeader: (name: string, value: string) => setHeader(response, name, value) }),
    // graphql-js copies `extensions` from the error that a resolver throws.
    refusal: (exception) =>
      Object.assign(exception, {
        extensions: { code: CODE[exception.getStatus() as keyof typeof CODE], problem: exception.getResponse() },
      }),
  };
};

function requestOf({ req, request, reply, extra }: GraphqlContext): HttpRequest | undefined {
  return req ?? request ?? reply?.request ?? extra?.request;
}

function responseOf({ req, res, reply }: GraphqlContext): HttpResponse | undefined {
  return res ?? reply ?? req?.res;
}
