import { findProgram } from './find-program.js';
import { findJdks, type Jdk } from './java.js';
import { jarsFolder, hasJars } from './opensearch-jars.js';
import { MissingServerError } from './service-error.js';

/** `2.x` is 2.19 with the k-NN plugin. */
export type OpenSearchLine = '3.x' | '2.x';

const NEEDED_JAVA: Record<OpenSearchLine, number> = { '3.x': 21, '2.x': 17 };

/**
 * The line to run and the JDK to run it with: 3.x where a JDK of 21 or later is found, else 2.x.
 *
 * @throws {@link MissingServerError} when no JDK fits, or Maven is needed for the first fetch and missing.
 */
export async function chooseLine(asked: OpenSearchLine | undefined): Promise<{ line: OpenSearchLine; jdk: Jdk }> {
  const jdks = await findJdks();
  const chosen = lineFor(asked, jdks);
  if (!hasJars(jarsFolder(chosen.line)) && !findProgram('mvn'))
    throw new MissingServerError('OpenSearch', 'no mvn on PATH to fetch it with', ['maven']);
  return chosen;
}

/** The choice of {@link chooseLine} among JDKs in the order of preference. */
export function lineFor(asked: OpenSearchLine | undefined, jdks: readonly Jdk[]): { line: OpenSearchLine; jdk: Jdk } {
  for (const line of asked ? [asked] : (['3.x', '2.x'] as const)) {
    const jdk = jdks.find(({ major }) => major >= NEEDED_JAVA[line]);
    if (jdk) return { line, jdk };
  }
  const found = jdks.map(({ major }) => major).join(', ') || 'none';
  const why = `it needs a JDK of ${NEEDED_JAVA[asked ?? '2.x']} or later, ${NEEDED_JAVA[asked ?? '3.x']} for ${asked ?? '3.x'} (found: ${found}; OPENSEARCH_JAVA_HOME names one)`;
  throw new MissingServerError(
    'OpenSearch',
    why,
    findProgram('mvn') ? ['default-jdk-headless'] : ['default-jdk-headless', 'maven'],
  );
}
