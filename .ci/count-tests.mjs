// Prints `N passed, N failed` from the report of vitest: node count-tests.mjs <report> <failed>.
// When the run failed without a failed test (it crashed, or a test file did not load), that is
// one failure. Ends with an error unless every test passed and there was at least one.
import { existsSync, readFileSync } from 'node:fs';

const [report = '', runFailed] = process.argv.slice(2);
const counted = count();
const crashed = counted.failed === 0 && (runFailed !== '0' || counted.passed === 0);
const failed = crashed ? 1 : counted.failed;
console.log(`${counted.passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function count() {
  if (!existsSync(report)) return { passed: 0, failed: 0 };
  const { numPassedTests, numFailedTests } =
    /** @type {{ numPassedTests: number, numFailedTests: number }} */ (
      JSON.parse(readFileSync(report, 'utf8'))
    );
  return { passed: numPassedTests, failed: numFailedTests };
}
