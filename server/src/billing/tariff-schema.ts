import { dimensions } from './rules/index.ts'

const DECIMAL = '^[+-]?\\d+(\\.\\d+)?([eE][+-]?\\d+)?$'
const DECIMAL_OR_NULL = ['number', 'string', 'null']
const decimal = (description: string) => ({ type: ['number', 'string'], minimum: 0, pattern: DECIMAL, description })
const withoutEffect = { description: 'Taken, and without effect.' }
const notBuilt = { type: 'null', description: 'Not built yet.' }

const component = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'price'],
  properties: {
    type: { enum: dimensions },
    price: decimal('Per kWh, per hour or per session; a number or a decimal text of up to six decimals.'),
    vat: { ...decimal('Per cent, up to 100. Absent: no tax, which is not the same as 0.'), type: DECIMAL_OR_NULL },
    step_size: { type: ['integer', 'null'], minimum: 1, description: 'Wh or seconds. Only FLAT may go without.' },
  },
}

/**
 * What the description of REST tells of a tariff: OCPI 2.2.1-d2 with `tax_included` of 2.3.0, as far as it is built. A
 * member that is null counts as absent. What is taken decides `parseTariff`, which says of each fault where it is.
 */
export const tariffSchema = {
  type: 'object',
  description: 'A tariff as OCPI 2.2.1 writes it, with tax_included of 2.3.0',
  additionalProperties: false,
  required: ['currency', 'elements'],
  properties: {
    currency: { type: 'string', description: 'ISO 4217, such as EUR.' },
    tax_included: { enum: ['YES', 'NO', null], description: 'Whether prices contain tax; absent: they do not.' },
    elements: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['price_components'],
        properties: {
          price_components: { type: 'array', minItems: 1, maxItems: dimensions.length, items: component },
          restrictions: notBuilt,
        },
      },
    },
    id: withoutEffect,
    country_code: withoutEffect,
    party_id: withoutEffect,
    last_updated: withoutEffect,
    type: withoutEffect,
    tariff_alt_text: withoutEffect,
    tariff_alt_url: withoutEffect,
    energy_mix: withoutEffect,
    min_price: notBuilt,
    max_price: notBuilt,
    preauthorize_amount: notBuilt,
    start_date_time: notBuilt,
    end_date_time: notBuilt,
  },
}
