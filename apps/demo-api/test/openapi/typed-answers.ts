import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import ts from 'typescript';
import type { Described } from './described.js';

export type TypedAnswer = Readonly<{ method: string; path: string; status: number; type: string; body: unknown }>;

/**
 * Generates types from the document as a client would, and gives each body the type of its answer.
 *
 * @returns what the compiler complains of.
 */
export async function complaintsOfTypes(document: Described, answers: readonly TypedAnswer[]): Promise<string[]> {
  const types = astToString(await openapiTS(document as unknown as OpenAPI3));
  const uses = answers.map(({ method, path, status, type, body }, at) => {
    const name = `paths['${path}']['${method}']['responses'][${status}]['content']['${type}']`;
    return `export const answer${at}: ${name} = ${JSON.stringify(body)};`;
  });
  // Beside the sources, so that the compiler finds nothing else than what it is given.
  const folder = mkdtempSync(join(import.meta.dirname, '.generated-'));
  try {
    writeFileSync(join(folder, 'api.ts'), types);
    writeFileSync(join(folder, 'answers.ts'), [`import type { paths } from './api.js';`, ...uses].join('\n'));
    const program = ts.createProgram([join(folder, 'answers.ts')], {
      strict: true,
      noEmit: true,
      exactOptionalPropertyTypes: true,
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      lib: ['lib.es2023.d.ts'],
      skipLibCheck: true,
      types: [],
    });
    return ts.getPreEmitDiagnostics(program).map(({ messageText, file, start = 0 }) => {
      const line = file?.text.slice(file.text.lastIndexOf('\n', start) + 1, start + 80) ?? '';
      return `${ts.flattenDiagnosticMessageText(messageText, ' ')} (${line.slice(0, 200)})`;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
