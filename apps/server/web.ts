import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import staticFiles from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { projectRoot } from '#platform/database/migrations.ts'

export const webFolder = join(projectRoot, 'apps/web/dist')

/** What is never a page: an address under these that no route takes is nothing, not the app. */
const notPages = /^\/(api|realtime|health|metrics|assets)(\/|$)/

/**
 * The web app at `/`. Its parts under `/assets/` have their hash in their name and are kept for ever; the page
 * itself is asked for each time. Every other address is a place within the app, so it answers with the page.
 */
export async function addWeb(app: FastifyInstance, folder = webFolder): Promise<void> {
  await app.register(staticFiles, { root: folder, serve: false, preCompressed: true, cacheControl: false })

  app.get<{ Params: { '*': string } }>('/assets/*', { schema: { hide: true } }, async (request, reply) => {
    const path = `assets/${request.params['*']}`
    if (!(await isFile(join(folder, path))) || path.includes('..')) return reply.callNotFound()
    reply.header('cache-control', 'public, max-age=31536000, immutable')
    return reply.sendFile(path)
  })

  app.get('/favicon.svg', { schema: { hide: true } }, async (_request, reply) => {
    reply.header('cache-control', 'public, max-age=3600')
    return reply.sendFile('favicon.svg')
  })

  const page = async (path: string, reply: FastifyReply): Promise<FastifyReply> => {
    if (notPages.test(path)) return reply.callNotFound() as never
    let html: string
    try {
      html = await readFile(join(folder, 'index.html'), 'utf8')
    } catch {
      return reply
        .status(503)
        .type('text/plain; charset=utf-8')
        .send(
          'The web app is not built. Start Assay with "npm start", which builds it. The API works: /api/docs\n',
        )
    }
    return reply.type('text/html; charset=utf-8').send(html.replace('STYLE_NONCE', reply.cspNonce))
  }
  app.get('/', { schema: { hide: true } }, (_request, reply) => page('/', reply))
  app.get('/*', { schema: { hide: true } }, (request, reply) => page(request.url.split('?')[0] ?? '/', reply))
}

const isFile = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isFile() ?? false
