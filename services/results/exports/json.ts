import type { BatchResults } from '#contracts/results.ts'

/** `results.json` as the interface describes it, indented so that a person can read it too. */
export const resultsToJson = (results: BatchResults): string => `${JSON.stringify(results, null, 2)}\n`
