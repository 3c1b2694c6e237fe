import { putOwn } from './put-own.js';

it.each(['a', 'toString', 'constructor', '__proto__'])('sets %s as any other property', (name) => {
  const object: Record<string, unknown> = {};
  putOwn(object, name, { polluted: true });
  expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
  expect(Object.getOwnPropertyDescriptor(object, name)).toEqual({
    value: { polluted: true },
    enumerable: true,
    configurable: true,
    writable: true,
  });
});
