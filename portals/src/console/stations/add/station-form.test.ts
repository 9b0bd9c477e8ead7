import { expect, it } from 'vitest'
import { emptyForm, stationBody } from './station-form.ts'

const zone = 'Europe/Helsinki'

it('numbers EVSEs from 1 and turns kilowatts into watts', () => {
  const form = { ...emptyForm, identity: ' CP-1 ', evses: [{ type: 'IEC_62196_T2_COMBO', kilowatts: '49,5' }] }
  expect(stationBody(form, undefined, zone)).toEqual({
    identity: 'CP-1',
    securityProfile: 1,
    state: 'active',
    evses: [{ id: 1, connectors: [{ id: 1, type: 'IEC_62196_T2_COMBO', maxPowerW: 49_500 }] }],
  })
})

it('gives a station its own place only when it belongs to no site', () => {
  const form = { ...emptyForm, identity: 'CP-1', latitude: '60.17', longitude: '24.94' }
  expect(stationBody(form, undefined, zone)).toMatchObject({ latitude: 60.17, longitude: 24.94 })
  expect(stationBody(form, 'site', zone)).not.toHaveProperty('latitude')
})

it('means the last minute of the day where the network is, not of UTC', () => {
  const form = { ...emptyForm, identity: 'CP-1', plainUntil: '2031-06-30' }
  expect(stationBody(form, undefined, zone)).toMatchObject({ plainUntil: '2031-06-30T20:59:00.000Z' })
})
