import type { EntityManager } from '@mikro-orm/postgresql';
import { randomOf } from '../sync/model/schedule.js';
import { LockMode } from '@mikro-orm/core';
import { CLASSES, UNREADABLE } from './models.js';
import { connect, searchOf, settingOfProcess, startBetweenCuts, stopAsked } from './setting.js';

/** Changes the database at random until it receives a stop: transactions, rollbacks, savepoints, deletes. */
const setting = settingOfProcess();
const { Author, Book } = CLASSES[setting.release];
const random = randomOf(setting.seed);
const int = (below: number): number => Math.floor(random() * below);
const orm = await connect(setting);
const search = searchOf(orm, setting, { relay: false });
await startBetweenCuts(search);

const BOOKS = 300;
const AUTHORS = 12;
const PAUSE_MS = 40;

async function change(em: EntityManager): Promise<void> {
  const kind = random();
  const id = 1 + int(BOOKS);
  const author = (await em.findOne(Author, 1 + int(AUTHORS))) ?? null;
  if (kind < 0.15 && author) {
    author.name = `author ${int(1e6)}`;
  } else if (kind < 0.18 && author) {
    // Nobody may refer to it between the look for its books and the delete.
    await em.lock(author, LockMode.PESSIMISTIC_WRITE);
    em.remove(author);
  } else if (kind < 0.22) {
    await em.upsert(Author, { id: 1 + int(AUTHORS), name: `author ${int(1e6)}` });
  } else if (kind < 0.23) {
    await em.nativeUpdate(Book, { id }, { state: UNREADABLE });
    await search.sync.touch(Book, id, { em });
  } else if (kind < 0.245) {
    const mended = { id: { $gte: id, $lt: id + 60 } };
    await em.nativeUpdate(Book, mended, { state: `mended ${int(100)}` });
    await search.sync.touch(Book, mended, { em });
  } else if (kind < 0.32) {
    await em.nativeUpdate(Book, { id: { $gte: id, $lt: id + 10 } }, { stock: int(1e6) });
    await search.sync.touch(Book, { id: { $gte: id, $lt: id + 10 } }, { em });
  } else {
    const book = await em.findOne(Book, id);
    if (!book) em.create(Book, { id, title: `title ${int(1e6)}`, stock: int(100), author });
    else if (kind < 0.5) em.remove(book);
    else if (kind < 0.7) book.author = author;
    else book.title = `title ${int(1e6)}`;
  }
  await em.flush();
}

class Undone extends Error {}

async function transaction(): Promise<void> {
  const em = orm.em.fork();
  const [changes, undone, nested] = [1 + int(3), random() < 0.2, random() < 0.2];
  if (changes === 1 && !undone && random() < 0.5) return em.transactional((tx) => change(tx as EntityManager));
  await em.transactional(async (tx) => {
    for (let left = changes; left > 0; left -= 1) await change(tx);
    if (nested) {
      await tx
        .transactional(async (inner) => {
          await change(inner);
          if (random() < 0.5) throw new Undone();
        })
        .catch((error: unknown) => {
          if (!(error instanceof Undone)) throw error;
        });
    }
    if (undone) throw new Undone();
  });
}

let stopped = false;
void stopAsked().then(() => (stopped = true));
let committed = 0;
while (!stopped) {
  // Deadlocks, rows that another writer deleted and cut connections end a transaction as a whole: nothing is committed.
  await transaction().then(
    () => (committed += 1),
    () => undefined,
  );
  await new Promise((resolve) => setTimeout(resolve, random() * PAUSE_MS));
}
process.stdout.write(`${committed}\n`);
process.exit(0);
