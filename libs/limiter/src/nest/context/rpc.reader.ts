import type { ContextReader } from './context-reader.js';

/** The context of the TCP transport; others have no socket of the caller. */
interface TcpContext {
  getSocketRef?(): { readonly netSocket?: { readonly remoteAddress?: string } } | undefined;
}

export const rpcReader: ContextReader = (execution, { addresses }) => ({
  request: execution.switchToRpc().getData<unknown>(),
  identity: execution.getArgs(),
  address: () => {
    const remote = execution.switchToRpc().getContext<TcpContext | undefined>()?.getSocketRef?.()
      ?.netSocket?.remoteAddress;
    return remote === undefined ? undefined : addresses.key(remote);
  },
  refusal: async (exception) => {
    // Nest shows the caller only errors of its own class. Where a microservice runs, the package is there.
    const { RpcException } = await import('@nestjs/microservices');
    return Object.assign(new RpcException(exception.getResponse()), { cause: exception });
  },
});
