import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
} from '@opentelemetry/api'
import type { Envelope } from '#contracts/event.ts'
import type { EventHandler, Subscription } from '#platform/bus/bus.ts'

const tracer = trace.getTracer('assay')

/**
 * Sends spans to `endpoint` (OTLP over HTTP, as OTEL_EXPORTER_OTLP_ENDPOINT gives it). Without this nothing is
 * recorded and a span costs nothing; events carry a `traceparent` in either case. The SDK, some 30 MB of
 * memory, is loaded only here.
 */
export async function startTracing(endpoint: string, service: string): Promise<{ stop(): Promise<void> }> {
  const { BatchSpanProcessor, NodeTracerProvider } = await import('@opentelemetry/sdk-trace-node')
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  const { resourceFromAttributes } = await import('@opentelemetry/resources')
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` })
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  })
  provider.register()
  return {
    async stop() {
      // A collector that is away must not keep the program from ending.
      await provider.shutdown().catch(() => {})
      trace.disable()
      context.disable()
      propagation.disable()
    },
  }
}

const parentOf = (traceparent: string | undefined) =>
  traceparent === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent })

/** The span of a request; the client's own trace is continued. */
export const startRequestSpan = (name: string, traceparent: string | undefined): Span =>
  tracer.startSpan(name, { kind: SpanKind.SERVER }, parentOf(traceparent))

/** The trace context that a span's events carry; null while nothing is recorded. */
export function traceparentOf(span: Span): string | null {
  const { traceId, spanId, traceFlags } = span.spanContext()
  if (/^0+$/.test(traceId)) return null
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}

/** The same subscription with a span around each handler call, in the trace of the first of its events. */
export function traced(subscription: Subscription): Subscription {
  const around = async <T>(step: string, events: readonly Envelope[], work: () => Promise<T>): Promise<T> => {
    const first = events[0]
    const attributes = {
      'assay.subscription': subscription.name,
      'assay.events': events.length,
      'assay.correlation_id': first?.correlationId ?? '',
    }
    const span = tracer.startSpan(
      `${subscription.name} ${step} ${first?.type ?? ''}`,
      { kind: SpanKind.CONSUMER, attributes },
      parentOf(first?.traceparent),
    )
    try {
      return await work()
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR })
      throw error
    } finally {
      span.end()
    }
  }
  const { everything, prepareEverything } = subscription
  return {
    ...subscription,
    handlers: subscription.handlers.map((handler): EventHandler => {
      const { prepare } = handler
      return {
        ...handler,
        ...(prepare ? { prepare: (events) => around('prepares', events, () => prepare(events)) } : {}),
        handle: (tx, events, prepared) =>
          around('handles', events, () => handler.handle(tx, events, prepared)),
      }
    }),
    ...(everything
      ? {
          everything: (tx, events, prepared) =>
            around('hears', events, () => everything(tx, events, prepared)),
        }
      : {}),
    ...(prepareEverything
      ? { prepareEverything: (events) => around('prepares', events, () => prepareEverything(events)) }
      : {}),
  }
}
