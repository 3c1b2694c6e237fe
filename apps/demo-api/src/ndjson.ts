import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { Logger, StreamableFile } from '@nestjs/common';

/**
 * Answers with lines of JSON, made as fast as the client takes them; a client that goes away ends their making. Waits for
 * the first line, so that what cannot begin is answered as a problem.
 */
export async function ndjson(lines: AsyncGenerator<string>): Promise<StreamableFile> {
  const first = await lines.next();
  return new StreamableFile(Readable.from(resumed(first, lines)), { type: 'application/x-ndjson' }).setErrorHandler(
    (error, response) => {
      new Logger('Export').error(error.stack ?? error.message);
      // The connection breaks: an orderly end would make a part look like the whole.
      (response as unknown as ServerResponse).destroy();
    },
  );
}

async function* resumed(first: IteratorResult<string>, lines: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    if (first.done !== true) yield first.value;
    yield* lines;
  } finally {
    await lines.return(undefined);
  }
}
