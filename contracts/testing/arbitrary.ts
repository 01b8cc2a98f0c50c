import fc from 'fast-check'
import { v7 } from 'uuid'
import { z } from 'zod'

interface Schema {
  type?: string
  format?: string
  pattern?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: Schema | boolean
  items?: Schema
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
}

/** Values that a contract accepts, derived from the contract itself: a new field is generated without a word here. */
export const arbitraryOf = (type: z.ZodType): fc.Arbitrary<unknown> =>
  fromSchema(z.toJSONSchema(type, { unrepresentable: 'any', io: 'input' }) as Schema).filter(
    (value) => type.safeParse(value).success,
  )

function fromSchema(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(fromSchema))
  switch (schema.type) {
    case 'string':
      return fromString(schema)
    case 'integer':
    case 'number': {
      const min =
        schema.exclusiveMinimum === undefined ? (schema.minimum ?? -1000) : schema.exclusiveMinimum + 1
      return fc.integer({ min, max: Math.min(schema.maximum ?? 1_000_000, 1_000_000) })
    }
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(fromSchema(schema.items ?? {}), { maxLength: 4 })
    case 'object': {
      const { properties = {}, required = [] } = schema
      const fields = Object.fromEntries(
        Object.entries(properties).map(([name, each]) => [name, fromSchema(each)]),
      )
      return fc.record(fields, { requiredKeys: required as never[] })
    }
    default:
      return fc.string()
  }
}

function fromString(schema: Schema): fc.Arbitrary<string> {
  if (schema.format === 'uuid') return fc.nat().map(() => v7())
  if (schema.format === 'date-time')
    return fc
      .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
      .map((date) => date.toISOString())
  if (schema.pattern) return fc.stringMatching(new RegExp(schema.pattern))
  // Well-formed: a lone surrogate has no UTF-8, and PostgreSQL keeps no NUL.
  return fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '').toWellFormed())
}
