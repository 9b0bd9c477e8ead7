import { expect, it } from 'vitest'
import texts from '../../../languages/en.json' with { type: 'json' }
import { fieldNameKey } from './field-names.ts'

it.each([
  ['/identity', 'Identity'],
  ['/evses/0/connectors/0/maxPowerW', 'Most power'],
  ['/evses/1/id', 'EVSEs and connectors'],
  ['/person/mail', 'Mail address'],
  ['/action', 'Action, as OCPP writes it'],
  ['/payload', 'Payload, JSON'],
  ['/settings/0/value', 'Value'],
  ['/classes/1/durationSeconds', 'Classes of cards'],
  ['/tariff/elements/0/price_components/1/price', 'Price'],
])('calls %s as its form does: %s', (pointer, word) => {
  expect(textOf(fieldNameKey(pointer) ?? '')).toBe(word)
})

it('leaves a pointer that no form has as it is', () => {
  expect(fieldNameKey('/payload/identity')).toBeUndefined()
})

function textOf(key: string): unknown {
  return key.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], texts)
}
