import { expect, it } from 'vitest'
import type { Station } from '../../api-types.ts'
import { changesOfPlugs, plugsOf, withOneMore } from './plug-form.ts'

const station = {
  evses: [
    {
      id: 1,
      connectors: [
        { id: 1, type: 'IEC_62196_T2', format: 'SOCKET', maxPowerW: 22_000 },
        { id: 2, type: 'CHADEMO', maxPowerW: 50_000 },
      ],
    },
    { id: 2, connectors: [] },
  ],
} as unknown as Station
const before = plugsOf(station)

it('an EVSE that was reported and never declared has a row, of a kind that nobody said yet', () => {
  expect(before[2]).toMatchObject({ evse: 2, connector: 1, type: '', kilowatts: '' })
})

it('sends nothing that was not touched', () => {
  expect(changesOfPlugs(before, plugsOf(station))).toEqual({})
})

it('sends an EVSE whole of which a connector differs, and keeps what the form does not show', () => {
  const now = before.map((plug) => (plug.connector === 2 ? { ...plug, kilowatts: '62,5' } : plug))
  expect(changesOfPlugs(before, now)).toEqual({
    evses: [
      {
        id: 1,
        connectors: [
          { id: 1, type: 'IEC_62196_T2', format: 'SOCKET', maxPowerW: 22_000 },
          { id: 2, type: 'CHADEMO', maxPowerW: 62_500 },
        ],
      },
    ],
  })
})

it('a connector that goes leaves the other, the last one takes its EVSE along, and a new EVSE has the next number', () => {
  const fewer = before.filter(({ evse, connector }) => evse === 1 && connector === 2)
  expect(changesOfPlugs(before, withOneMore(fewer))).toEqual({
    evses: [
      { id: 1, connectors: [{ id: 2, type: 'CHADEMO', maxPowerW: 50_000 }] },
      { id: 2, connectors: [{ id: 1, type: 'CHADEMO', maxPowerW: 50_000 }] },
    ],
  })
  expect(changesOfPlugs(before, fewer)).toMatchObject({ removeEvses: [2] })
})
