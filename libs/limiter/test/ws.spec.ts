import { UseGuards, UseInterceptors, type INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WsException,
  type OnGatewayConnection,
} from '@nestjs/websockets';
import { LimiterModule, memoryStorage, RateLimit, RateLimitGuard, RateLimitInterceptor } from '@rookery/limiter';
import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { WebSocket } from 'ws';

@WebSocketGateway()
@UseGuards(RateLimitGuard)
@UseInterceptors(RateLimitInterceptor)
class ChatGateway implements OnGatewayConnection {
  handleConnection(client: { request?: IncomingMessage }, request: IncomingMessage): void {
    if (request.url !== '/?bare') client.request = request;
  }

  @UseGuards(RateLimitGuard)
  @RateLimit('chat')
  @SubscribeMessage('say')
  say(@MessageBody() text: string) {
    return { event: 'said', data: text };
  }

  @RateLimit('login', { bucket: () => 'ann' })
  @SubscribeMessage('login')
  login(@MessageBody() password: string) {
    if (password !== 'right') throw new WsException('wrong password');
    return { event: 'welcome', data: 'ann' };
  }
}

interface Answer {
  readonly event: string;
  readonly data: Record<string, unknown> | string;
}

describe('guard in a gateway, by ws', () => {
  let app: INestApplication;
  const sockets: WebSocket[] = [];

  beforeEach(async () => {
    const policies = { chat: { limit: 2, per: '1m' }, login: { limit: 2, per: '1h', count: 'failures' } } as const;
    const module = LimiterModule.forRoot({ storage: memoryStorage({ clock: () => 0 }), policies, trustedProxies: 1 });
    app = (
      await Test.createTestingModule({ imports: [module], providers: [ChatGateway] }).compile()
    ).createNestApplication();
    app.useLogger(false);
    app.useWebSocketAdapter(new WsAdapter(app));
    await app.listen(0, '127.0.0.1');
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.terminate();
    await app.close();
  });

  const connect = async (path = '/', headers: Record<string, string> = {}) => {
    const socket = new WebSocket((await app.getUrl()).replace('http', 'ws') + path, { headers });
    sockets.push(socket);
    await once(socket, 'open');
    return async (event: string, data: string): Promise<Answer> => {
      const answer = once(socket, 'message', { signal: AbortSignal.timeout(5000) });
      socket.send(JSON.stringify({ event, data }));
      return JSON.parse(String((await answer)[0])) as Answer;
    };
  };

  it('refuses a message with a problem, which the client receives, and keeps the connection', async () => {
    const ask = await connect('/?bare');
    expect(await ask('say', 'one')).toEqual({ event: 'said', data: 'one' });
    expect(await ask('say', 'two')).toEqual({ event: 'said', data: 'two' });
    expect(await ask('say', 'three')).toMatchObject({
      event: 'exception',
      data: { status: 429, detail: "Rate limit 'chat' is used up: retry in 30 s.", 'violated-policies': ['chat'] },
    });
    expect(await ask('login', 'right')).toEqual({ event: 'welcome', data: 'ann' });
  });

  it('counts by the address of the socket over all its connections', async () => {
    await (
      await connect('/?bare')
    )('say', 'one');
    await (
      await connect('/?bare')
    )('say', 'two');
    expect(await (await connect('/?bare'))('say', 'three')).toMatchObject({ event: 'exception' });
  });

  it('counts by the address behind the proxy where the gateway keeps the request', async () => {
    const first = await connect('/', { 'x-forwarded-for': '192.0.2.1' });
    await first('say', 'one');
    await first('say', 'two');
    expect(await first('say', 'three')).toMatchObject({ event: 'exception' });
    expect(await (await connect('/', { 'x-forwarded-for': '192.0.2.2' }))('say', 'one')).toMatchObject({
      event: 'said',
    });
  });

  it('counts failures alone where a policy says so', async () => {
    const ask = await connect();
    for (let attempt = 0; attempt < 4; attempt++)
      expect(await ask('login', 'right')).toMatchObject({ event: 'welcome' });
    for (let attempt = 0; attempt < 2; attempt++)
      expect(await ask('login', 'wrong')).toMatchObject({ data: { message: 'wrong password' } });
    expect(await ask('login', 'right')).toMatchObject({ event: 'exception', data: { status: 429 } });
  });
});
