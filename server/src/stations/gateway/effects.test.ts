import { expect, it } from 'vitest'
import { effectsOf } from './effects.ts'

it('a number that no EVSE bears shows an effect somewhere at the station', () => {
  const at = Temporal.Instant.from('2026-11-26T12:00:00Z')
  const body = { kind: 'meter-read', evse: 1e300, readings: [] } as const
  const message = {
    tenantId: 't',
    stationId: 's',
    epoch: 1n,
    receivedAt: at,
    socketOpenedAt: at,
    action: 'MeterValues',
  }
  const effects = (evse: number) => effectsOf({ ...message, text: '', bodies: [{ ...body, evse }] })
  expect(effects(1e300)).toMatchObject([{ effect: 'meter-read', evse: null }])
  expect(effects(2)).toMatchObject([{ effect: 'meter-read', evse: 2 }])
})
