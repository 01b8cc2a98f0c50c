import type { BatchResults } from '#contracts/results.ts'
import { renderReport } from '../report/report.ts'
import { resultsToCsv } from './csv.ts'
import { resultsToXlsx } from './xlsx.ts'

export const exportFormats = ['csv', 'xlsx', 'html', 'json'] as const
export type ExportFormat = (typeof exportFormats)[number]

interface Exporter {
  mime: string
  extension: string
  render: (results: BatchResults) => Promise<string | Buffer>
}

/** Results as a file, by format. The HTML is the report with every essay in it. */
export const exporters: Readonly<Record<ExportFormat, Exporter>> = {
  csv: {
    mime: 'text/csv; charset=utf-8',
    extension: 'csv',
    render: async (results) => resultsToCsv(results),
  },
  xlsx: {
    mime: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    extension: 'xlsx',
    render: resultsToXlsx,
  },
  html: {
    mime: 'text/html; charset=utf-8',
    extension: 'html',
    render: async (results) =>
      renderReport(results, { generatedAt: new Date().toISOString(), essaysInline: true }).index,
  },
  json: {
    mime: 'application/json',
    extension: 'json',
    render: async (results) => `${JSON.stringify(results, null, 2)}\n`,
  },
}
