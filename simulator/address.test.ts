import { expect, it } from 'vitest'
import { stationUrl } from './address.ts'

it.each([
  ['ws://host:1/ocpp/demo', 'A', 'ws://host:1/ocpp/demo/A'],
  ['ws://host:1/ocpp/demo/', 'A', 'ws://host:1/ocpp/demo/A'],
  ['ws://host', 'A', 'ws://host/A'],
  ['ws://host/ocpp', 'RDAM|123', 'ws://host/ocpp/RDAM%7C123'],
  ['ws://host/ocpp/RDAM%7C123', 'RDAM|123', 'ws://host/ocpp/RDAM%7C123'],
  ['ws://host/ocpp/A', 'A', 'ws://host/ocpp/A'],
  ['https://host/ocpp', 'Ä 1', 'wss://host/ocpp/%C3%84%201'],
])('%s with %s is %s', (endpoint, identity, expected) => {
  expect(stationUrl(endpoint, identity)).toBe(expected)
})
