import { mkdir, rm, writeFile } from 'node:fs/promises'
import { buildClassFiles } from '../samples/class-files.ts'
import { classFolder } from '../samples/sources.ts'

await rm(classFolder, { recursive: true, force: true })
await mkdir(classFolder, { recursive: true })
for await (const { name, bytes } of buildClassFiles()) {
  await writeFile(new URL(encodeURIComponent(name), classFolder), bytes)
}
