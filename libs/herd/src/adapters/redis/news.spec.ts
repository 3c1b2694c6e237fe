import { setTimeout as pause } from 'node:timers/promises';

import { News } from './news.js';

it('News reaches each listener that is left, also after another herd has closed, and one that comes then', async () => {
  const news = new News(1);
  const heard: string[] = [];
  const leave = news.listen(() => heard.push('one'));
  news.listen(() => heard.push('other'));
  news.report();
  leave();
  news.close();
  const end = Date.now() + 5000;
  while (heard.filter((name) => name === 'other').length < 3 && Date.now() < end) {
    news.report();
    await pause(2);
  }
  expect(heard.slice(0, 4)).toEqual(['one', 'other', 'other', 'other']);
});

it('News that nobody hears any more begins anew with the next listener', () => {
  const news = new News(60_000);
  news.listen(() => undefined)();
  news.report();
  news.close();
  let heard = 0;
  news.listen(() => heard++);
  news.report();
  expect(heard).toBe(1);
});
