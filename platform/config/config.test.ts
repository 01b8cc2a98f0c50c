import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { Config, ConfigError, readConfig, renderSettings } from './config.ts'

test('every mistake in the settings is named at once, by the variable that holds it', () => {
  const read = () => readConfig({}, { PORT: 'abc', ASSAY_MODE: 'cloud', ASSAY_READERS: '0' })
  expect(read).toThrow(ConfigError)
  expect(read).toThrow(
    /PORT[\s\S]*ASSAY_MODE[\s\S]*ASSAY_READERS|ASSAY_MODE[\s\S]*PORT|PORT[\s\S]*ASSAY_READERS[\s\S]*ASSAY_MODE/,
  )
})

test('a flag wins over the environment, the environment over the default', () => {
  expect(readConfig({ port: '5000' }, { PORT: '6000' }).port).toBe(5000)
  expect(readConfig({}, { PORT: '6000' }).port).toBe(6000)
  expect(readConfig({}, {}).port).toBe(4400)
  expect(readConfig({}, { PORT: '' }).port).toBe(4400)
})

test('every setting has a sentence and stands in docs/settings.md', async () => {
  for (const [key, schema] of Object.entries(Config.shape)) expect(schema.description, key).toMatch(/\.$/)
  expect(await readFile(new URL('../../docs/settings.md', import.meta.url), 'utf8')).toBe(renderSettings())
})
