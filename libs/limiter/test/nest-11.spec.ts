import { received, startProcess } from './processes/start.js';

interface Seen {
  readonly answers: readonly { status: number; type: string; body: Record<string, unknown> }[];
  readonly lines: readonly string[];
}

it.each(['express', 'fastify'])(
  'answers problem documents under NestJS 11 over %s, and logs nothing',
  async (platform) => {
    const child = startProcess('./nest-11-app.ts', [platform]);
    const { answers, lines } = await received(child, (message) => message as Seen);
    expect(answers.map(({ status }) => status)).toEqual([200, 429, 429, 400]);
    for (const { type, body, status } of answers.slice(1)) {
      expect(type).toMatch(/^application\/problem\+json(; charset=utf-8)?$/);
      expect(body).toMatchObject({ status });
    }
    expect(answers[0]!.type).toMatch(/^application\/json/);
    expect(lines).toEqual([]);
  },
);
