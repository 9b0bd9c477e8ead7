import { expect, it } from 'vitest'
import { emptyForm, stationBody } from './station-form.ts'

it('numbers EVSEs from 1 and turns kilowatts into watts', () => {
  const form = { ...emptyForm, identity: ' CP-1 ', evses: [{ type: 'IEC_62196_T2_COMBO', kilowatts: '49,5' }] }
  expect(stationBody(form, undefined)).toEqual({
    identity: 'CP-1',
    securityProfile: 1,
    state: 'active',
    evses: [{ id: 1, connectors: [{ id: 1, type: 'IEC_62196_T2_COMBO', maxPowerW: 49_500 }] }],
  })
})

it('gives a station its own place only when it belongs to no site', () => {
  const form = { ...emptyForm, identity: 'CP-1', latitude: '60.17', longitude: '24.94' }
  expect(stationBody(form, undefined)).toMatchObject({ latitude: 60.17, longitude: 24.94 })
  expect(stationBody(form, 'site')).not.toHaveProperty('latitude')
})
