// The least that an upload can be, by hand: multipart, hash, file, one commit; file and folder are synced before it.
// node bench/upload-reference.ts FOLDER DATABASE_URL; prints its port. A process of its own, as the program is.
import { createHash, randomUUID } from 'node:crypto'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import multipart from '@fastify/multipart'
import fastify from 'fastify'
import pg from 'pg'

const [folder = '', connectionString = ''] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString, max: 8 })
pool.on('error', () => {})
const app = fastify()
await app.register(multipart, { limits: { fileSize: 100_000_000 } })

app.post('/', async (request, reply) => {
  const id = randomUUID()
  let fileName = ''
  let sizeBytes = 0
  const hash = createHash('sha256')
  const path = join(folder, id)
  for await (const part of request.parts()) {
    if (part.type !== 'file') continue
    fileName = part.filename
    const file = await open(path, 'wx')
    try {
      for await (const chunk of part.file as AsyncIterable<Buffer>) {
        sizeBytes += chunk.length
        hash.update(chunk)
        await file.write(chunk)
      }
      await file.sync()
    } finally {
      await file.close()
    }
  }
  const sha256 = hash.digest('hex')
  await rename(path, join(folder, sha256))
  const parent = await open(folder, 'r')
  try {
    await parent.sync()
  } finally {
    await parent.close()
  }
  await pool.query('insert into bench_uploads (id, name, bytes, sha256) values ($1, $2, $3, $4)', [
    id,
    fileName,
    sizeBytes,
    sha256,
  ])
  return reply.status(202).send({ id, fileName, sizeBytes, sha256 })
})

await pool.query(
  'create table if not exists bench_uploads (id uuid primary key, name text, bytes bigint, sha256 text)',
)
await app.listen({ host: '127.0.0.1', port: 0 })
const address = app.server.address()
process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`)
