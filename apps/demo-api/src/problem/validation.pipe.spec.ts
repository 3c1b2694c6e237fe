import { ValidationPipe } from '@nestjs/common';
import fc from 'fast-check';
import { IdParam } from './id-param.js';
import { validationPipe } from './validation.pipe.js';

const metadata = { type: 'param', metatype: IdParam } as const;
const judged = async (pipe: ValidationPipe, value: unknown): Promise<unknown> => {
  try {
    return await pipe.transform(value, metadata);
  } catch {
    return 'refused';
  }
};

describe('the id of a path', () => {
  const slow = new ValidationPipe({ transform: true, whitelist: true, forbidNonWhitelisted: true });
  const digits = fc.stringMatching(/^0{0,3}\d{0,11}$/);
  const others = fc.dictionary(fc.constantFrom('id', 'year', '__proto__'), fc.string(), { maxKeys: 2 });

  it('is judged as by the rules of its class, whether it passes at once or not', async () => {
    const parameters = fc.oneof(
      fc.record({ id: fc.oneof(digits, fc.string(), fc.integer(), fc.array(fc.string()), fc.constant(undefined)) }),
      others,
    );
    await fc.assert(
      fc.asyncProperty(parameters, async (value) => {
        // Nest's own drops a member of that name, whatever it is told.
        const expected = Object.hasOwn(value, '__proto__') ? 'refused' : await judged(slow, value);
        expect(await judged(validationPipe(), value)).toStrictEqual(expected);
      }),
      { examples: [[JSON.parse('{ "__proto__": "", "id": "1" }') as Record<string, string>]] },
    );
  });

  it.each(['1', '007', '999999999'])('passes as a number: %s', async (id) => {
    expect(await judged(validationPipe(), { id })).toStrictEqual(Object.assign(new IdParam(), { id: Number(id) }));
  });

  it.each(['0', '1000000000', '1.5', '', '-1', ' 1'])('is refused: %j', async (id) => {
    expect(await judged(validationPipe(), { id })).toBe('refused');
  });
});
