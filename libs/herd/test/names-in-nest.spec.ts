import { Controller, Get, Injectable, Module, Param } from '@nestjs/common';
import type { ExecutionContext, INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Cached, CacheResponse, HerdModule, staticNodes } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { startMemcachedNode } from '@rookery/herd/testing';
import type { MemcachedNode } from '@rookery/herd/testing';
import request from 'supertest';

const idOf = (context: ExecutionContext) => context.switchToHttp().getRequest<{ params: { id: string } }>().params.id;

/** A module with a controller and a provider, named alike in each, and a namespace of the same name. */
function moduleAt(path: string, secret: string) {
  @Controller(path)
  class Users {
    @Get(':id')
    @CacheResponse({ namespace: 'pages', ttl: '1m', key: idOf })
    find(@Param('id') id: string) {
      return { id, secret };
    }
  }

  @Injectable()
  class Secrets {
    @Cached({ namespace: 'pages', ttl: '1m' })
    async read(id: number): Promise<string> {
      return Promise.resolve(`${id} ${secret}`);
    }
  }

  @Module({ imports: [HerdModule.forFeature(['pages'])], controllers: [Users], providers: [Secrets] })
  class Part {}
  return { Part, Secrets };
}

describe('two modules whose classes have the same names, and which use the same namespace', () => {
  let node: MemcachedNode;
  let app: INestApplication;
  const [admin, everybody] = [moduleAt('admin', 'for admins alone'), moduleAt('users', 'for everybody')];
  beforeAll(async () => {
    node = await startMemcachedNode();
    const herd = HerdModule.forRoot({
      discovery: staticNodes([`127.0.0.1:${node.port}`]),
      driver: memcached(),
      timeoutMs: 5000,
    });
    const module = await Test.createTestingModule({ imports: [herd, admin.Part, everybody.Part] }).compile();
    app = module.createNestApplication({ logger: false });
    await app.init();
  });
  afterAll(async () => {
    await app?.close();
    await node.close();
  });

  it('never share a response under one key', async () => {
    for (let i = 0; i < 3; i++) {
      const answer = await request(app.getHttpServer() as never).get('/admin/1');
      expect(answer.body).toEqual({ id: '1', secret: 'for admins alone' });
      const refused = await request(app.getHttpServer() as never).get('/users/1');
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([500, expect.not.stringContaining('admins')]);
    }
  });

  it('never share what their methods give', async () => {
    expect(await app.get(admin.Secrets).read(1)).toBe('1 for admins alone');
    await expect(app.get(everybody.Secrets).read(1)).rejects.toThrow(
      /^key must be given: two classes of that name use the namespace "pages"/,
    );
  });
});
