// Prints the counts of a vitest run from its JSON report: `N passed, N failed, N skipped`. Exits 1 when a test failed
// or none ran. Plain JavaScript: it must have an answer even where the packages could not be installed.
import { readFileSync } from 'node:fs'
import process from 'node:process'

let files = []
try {
  files = JSON.parse(readFileSync(process.argv[2], 'utf8')).testResults
} catch {
  console.error(`There is no report in ${process.argv[2]}: the tests did not run to their end.`)
}
const tests = files.flatMap((file) => file.assertionResults)
const count = (...states) => tests.filter((test) => states.includes(test.status)).length
// A file that could not be read has no tests, and is a failure all the same.
const broken = files.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
)
for (const file of broken) console.error(`${file.name}: ${file.message}`)
const [passed, failed] = [count('passed'), count('failed') + broken.length]
console.log(`${passed} passed, ${failed} failed, ${tests.length - passed - count('failed')} skipped`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
