import { expect, it } from 'vitest'
import type { Station } from '../../api-types.ts'
import { commandForms } from './command-forms.ts'

const trigger = commandForms.find(({ id }) => id === 'trigger')
const speaking = (protocol: string) => ({ protocol, evses: [{ id: 2, connectors: [] }] }) as unknown as Station

it.each([
  ['ocpp1.6', 'status', undefined],
  ['ocpp2.0.1', 'status', 2],
  ['ocpp2.1', 'status', 2],
  ['ocpp2.0.1', 'boot', undefined],
])('a station of %s is asked for %s of EVSE %s when nobody chose one', (protocol, message, evseId) => {
  const request = trigger?.request({ message, evseId: '' }, speaking(protocol))
  expect(request).toEqual({ kind: 'trigger', message, ...(evseId === undefined ? {} : { evseId }) })
})
