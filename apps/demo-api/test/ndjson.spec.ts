import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { Controller, Get, type INestApplication, Module, type StreamableFile } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ndjson } from '../src/ndjson.js';
import { until } from './until.js';

const LINE = `${JSON.stringify({ text: 'x'.repeat(1000) })}\n`;
/** Far above what the buffers of two sockets hold. */
const ENDLESS = 1_000_000;
const HOUR = 3_600_000;
const state = { made: 0, ended: false };

async function* lines(failAt = Infinity): AsyncGenerator<string> {
  try {
    for (let line = 0; line < ENDLESS; line += 1) {
      if (line === failAt) throw new Error('the source broke');
      state.made += 1;
      await Promise.resolve();
      yield LINE;
    }
  } finally {
    state.ended = true;
  }
}

@Controller()
class Exports {
  @Get('endless')
  endless(): Promise<StreamableFile> {
    return ndjson(lines(), HOUR);
  }

  @Get('late')
  late(): Promise<StreamableFile> {
    return ndjson(lines(), 200);
  }

  @Get('broken')
  broken(): Promise<StreamableFile> {
    return ndjson(lines(3), HOUR);
  }

  @Get('refused')
  refused(): Promise<StreamableFile> {
    return ndjson(lines(0), HOUR);
  }
}

@Module({ controllers: [Exports] })
class ExportsModule {}

describe('an answer of lines', () => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    app = await NestFactory.create(ExportsModule, { logger: false, forceCloseConnections: true });
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}`;
  });
  afterAll(() => app.close());
  beforeEach(() => Object.assign(state, { made: 0, ended: false }));

  const open = async (path: string): Promise<IncomingMessage> =>
    ((await once(get(url + path), 'response')) as [IncomingMessage])[0];
  /** Lines made so far, once no more come. */
  const standing = () => {
    let before = -1;
    return until(
      () => Promise.resolve(state.made),
      (made) => made === before || !(before = made),
    );
  };

  it('is made no faster than the client reads it', async () => {
    const response = await open('/endless');
    response.pause();
    const whilePaused = await standing();
    expect(whilePaused).toBeLessThan(ENDLESS / 10);
    response.resume();
    await until(
      () => Promise.resolve(state.made),
      (made) => made > whilePaused + 1000,
    );
    response.destroy();
  }, 30_000);

  it('ends its source when the client goes away', async () => {
    const response = await open('/endless');
    await once(response, 'data');
    response.destroy();
    await until(() => Promise.resolve(state.ended), Boolean);
    expect(state.made).toBeLessThan(ENDLESS / 10);
  }, 30_000);

  it('breaks off when its source does, so that a part is not taken for the whole', async () => {
    await expect(fetch(`${url}/broken`).then((response) => response.text())).rejects.toThrow();
    expect(state).toEqual({ made: 3, ended: true });
  });

  it('breaks off for a client that takes too long, and ends its source', async () => {
    const response = await open('/late');
    response.pause();
    await until(() => Promise.resolve(state.ended), Boolean);
    const broken = once(response, 'error');
    response.resume();
    await expect(broken).resolves.toMatchObject([{ code: 'ECONNRESET' }]);
  });

  it('is not begun when its source cannot begin', async () => {
    expect((await fetch(`${url}/refused`)).status).toBe(500);
  });
});
