// Prints "N passed, N failed" from a Jest result; a skipped test or a suite that could not run counts as failed.
import { readFileSync } from 'node:fs';

const result = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const skipped = result.numPendingTests + result.numTodoTests;
if (skipped > 0) {
  const names = result.testResults.flatMap((suite) =>
    suite.assertionResults
      .filter(({ status }) => status === 'pending' || status === 'todo')
      .map(({ fullName }) => `  ${fullName}`),
  );
  console.error(['Skipped, which CI does not allow:', ...names].join('\n'));
}
const failed = result.numFailedTests + result.numRuntimeErrorTestSuites + skipped;
console.log(`${result.numPassedTests} passed, ${failed} failed`);
process.exitCode = failed > 0 || result.numPassedTests === 0 ? 1 : 0;
