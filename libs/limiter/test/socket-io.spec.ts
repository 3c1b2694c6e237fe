import { UseGuards, UseInterceptors, type INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { Test } from '@nestjs/testing';
import { MessageBody, SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets';
import { LimiterModule, memoryStorage, RateLimit, RateLimitGuard, RateLimitInterceptor } from '@rookery/limiter';
import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';

@WebSocketGateway()
@UseGuards(RateLimitGuard)
@UseInterceptors(RateLimitInterceptor)
class ChatGateway {
  @UseGuards(RateLimitGuard)
  @RateLimit('chat')
  @SubscribeMessage('say')
  say(@MessageBody() text: string) {
    return { event: 'said', data: text };
  }

  /** Nest answers by the acknowledgement where there is no event. */
  @RateLimit('chat')
  @SubscribeMessage('acknowledged')
  acknowledged(@MessageBody() text: string) {
    return text;
  }

  @RateLimit('login', { bucket: () => 'ann' })
  @SubscribeMessage('login')
  login(@MessageBody() password: string) {
    if (password !== 'right') throw new WsException('wrong password');
    return { event: 'said', data: 'welcome' };
  }
}

describe('guard in a gateway, by Socket.IO', () => {
  let app: INestApplication;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    const policies = { chat: { limit: 2, per: '1m' }, login: { limit: 2, per: '1h', count: 'failures' } } as const;
    const module = LimiterModule.forRoot({ storage: memoryStorage({ clock: () => 0 }), policies, trustedProxies: 1 });
    app = (
      await Test.createTestingModule({ imports: [module], providers: [ChatGateway] }).compile()
    ).createNestApplication();
    app.useLogger(false);
    app.useWebSocketAdapter(new IoAdapter(app));
    await app.listen(0, '127.0.0.1');
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.disconnect();
    await app.close();
  });

  const connect = async (headers: Record<string, string> = {}): Promise<Socket> => {
    const socket = io(await app.getUrl(), {
      extraHeaders: headers,
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
    });
    sockets.push(socket);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
    return socket;
  };
  /** The next event, whichever it is, and what it carries. */
  const ask = async (socket: Socket, event: string, data: string): Promise<readonly [event: string, data: unknown]> => {
    const answer = Promise.race(
      ['said', 'exception'].map(
        async (name) =>
          [name, ((await once(socket as never, name, { signal: AbortSignal.timeout(5000) })) as unknown[])[0]] as const,
      ),
    );
    socket.emit(event, data);
    return answer;
  };

  it('refuses a message with a problem, which the client receives, and keeps the connection', async () => {
    const socket = await connect();
    expect(await ask(socket, 'say', 'one')).toEqual(['said', 'one']);
    expect(await socket.timeout(5000).emitWithAck('acknowledged', 'mine')).toBe('mine');
    expect(await ask(socket, 'say', 'two')).toEqual(['said', 'two']);
    expect(await ask(socket, 'say', 'three')).toMatchObject([
      'exception',
      { status: 429, detail: "Rate limit 'chat' is used up: retry in 30 s.", 'violated-policies': ['chat'] },
    ]);
    expect(await ask(socket, 'login', 'right')).toEqual(['said', 'welcome']);
  });

  it('counts by the address over all connections, and knows by itself what the proxy forwards', async () => {
    const [first, same, other] = [
      await connect({ 'x-forwarded-for': '192.0.2.1' }),
      await connect({ 'x-forwarded-for': '192.0.2.1' }),
      await connect({ 'x-forwarded-for': '192.0.2.2' }),
    ];
    expect((await ask(first, 'say', 'one'))[0]).toBe('said');
    expect((await ask(same, 'say', 'two'))[0]).toBe('said');
    expect((await ask(first, 'say', 'three'))[0]).toBe('exception');
    expect((await ask(other, 'say', 'one'))[0]).toBe('said');
  });

  it('counts failures alone where a policy says so', async () => {
    const socket = await connect();
    for (let attempt = 0; attempt < 4; attempt++)
      expect(await ask(socket, 'login', 'right')).toEqual(['said', 'welcome']);
    for (let attempt = 0; attempt < 2; attempt++)
      expect(await ask(socket, 'login', 'wrong')).toMatchObject(['exception', { message: 'wrong password' }]);
    expect(await ask(socket, 'login', 'right')).toMatchObject(['exception', { status: 429 }]);
  });
});
