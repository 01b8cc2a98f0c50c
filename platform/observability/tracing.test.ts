import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import type { Envelope } from '#contracts/event.ts'
import { startRequestSpan, startTracing, traced, traceparentOf } from './tracing.ts'

interface Received {
  resourceSpans: {
    scopeSpans: { spans: { name: string; traceId: string; spanId: string; parentSpanId?: string }[] }[]
  }[]
}

test('without a collector nothing is recorded', () => {
  expect(traceparentOf(startRequestSpan('GET /', undefined))).toBeNull()
})

test('a request and the handler of its event are one trace at the collector', async () => {
  const bodies: Received[] = []
  const collector = createServer((request, response) => {
    void json(request).then((body) => {
      bodies.push(body as Received)
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const tracing = await startTracing(`http://127.0.0.1:${(collector.address() as AddressInfo).port}`, 'assay')
  try {
    const client = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const span = startRequestSpan('POST /batches', client)
    const event = {
      type: 'batches.batch-created',
      traceparent: traceparentOf(span),
      correlationId: 'c',
    } as Envelope
    const subscription = traced({ name: 'essays', from: 'now', handlers: [], everything: async () => {} })
    await subscription.everything?.(null as never, [event as never], undefined)
    span.end()
  } finally {
    await tracing.stop()
    collector.close()
  }
  const spans = bodies.flatMap((body) =>
    body.resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans)),
  )
  const request = spans.find((span) => span.name === 'POST /batches')
  const handler = spans.find((span) => span.name === 'essays hears batches.batch-created')
  expect(request).toMatchObject({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    parentSpanId: 'b7ad6b7169203331',
  })
  expect(handler).toMatchObject({ traceId: request?.traceId, parentSpanId: request?.spanId })
})
