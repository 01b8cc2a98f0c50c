import type { BatchResults, FileView } from '#contracts/results.ts'
import { showName, table } from './terminal.ts'

/** A row an essay, in the order of the slots. */
export function resultsTable(results: BatchResults): string {
  const rows = results.essays.map((essay) => {
    const { metrics } = essay.language
    const age = metrics ? readingAge(metrics.readability.fleschKincaidGrade) : null
    return [
      essay.slot,
      showName(essay.fileName),
      essay.words,
      (essay.spelling.findings ?? []).filter((finding) => finding.kind !== 'name').length,
      essay.language.hints?.length ?? null,
      age,
      [essay.spelling.status, essay.language.status].every((status) => status === 'succeeded')
        ? 'done'
        : `spelling ${essay.spelling.status}, language ${essay.language.status}`,
    ]
  })
  return table(['Slot', 'Essay', 'Words', 'Spelling', 'Hints', 'Reading age', 'State'], rows)
}

/** The age at which a text of this grade is read: US grades begin at six, so grade 1 is about six years. */
const readingAge = (grade: number | null): number | null =>
  grade === null ? null : Math.max(5, Math.round(grade + 5))

/** A row a file, in the order of receipt; what is wrong stands below in full, because a cell would cut it. */
export function filesTable(files: readonly FileView[]): string {
  const named = files.map((file) => ({
    file,
    name: showName(file.archive === undefined ? file.fileName : `${file.archive}: ${file.fileName}`),
  }))
  const rows = table(
    ['File', 'State', 'Slot', 'Words'],
    named.map(({ file, name }) => [name, file.state, file.slot, file.words]),
    60,
  )
  const troubles = named.flatMap(({ file, name }) =>
    file.error && file.state === 'rejected' ? [`${name}: ${file.error.message} ${file.error.remedy}`] : [],
  )
  return troubles.length === 0 ? rows : `${rows}\n\n${troubles.join('\n')}`
}
