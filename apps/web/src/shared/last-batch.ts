const name = 'assay.last-batch'

/** The batch that was last worked on in this browser. */
export const lastBatch = (): string | null => localStorage.getItem(name)
export const rememberBatch = (batchId: string): void => localStorage.setItem(name, batchId)
