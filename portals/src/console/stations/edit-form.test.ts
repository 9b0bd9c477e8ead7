import { describe, expect, it } from 'vitest'
import type { Station } from '../../api-types.ts'
import { changesOfStation, formOfStation } from './edit-form.ts'

const zone = 'Europe/Helsinki'
const station = {
  identity: 'POST-1',
  name: 'Left post',
  state: 'active',
  onboarding: 'waiting',
  securityProfile: 1,
  plainUntil: '2031-06-30T09:15:00Z',
  maxDurationSeconds: 7_200,
} as Station
const before = formOfStation(station, zone)
const changes = (more: Partial<typeof before>): object => changesOfStation(before, { ...before, ...more }, zone)

describe('changing a station', () => {
  it('sends nothing that was not touched: a day keeps its hour', () => {
    expect(before).toMatchObject({ plainUntil: '2031-06-30', maxMinutes: '120' })
    expect(changes({})).toEqual({})
  })

  it('sets until when it may come unencrypted, to the last minute of a day of the network, and takes that away', () => {
    expect(changes({ plainUntil: '2031-07-01' })).toEqual({ plainUntil: '2031-07-01T20:59:00.000Z' })
    expect(changes({ plainUntil: '' })).toEqual({ plainUntil: null })
  })

  it.each([
    [{ identity: ' POST-2 ' }, { identity: 'POST-2' }],
    [{ profile: '0' }, { securityProfile: 0 }],
    [{ name: ' ' }, { name: null }],
    [{ maxMinutes: '90' }, { maxDurationSeconds: 5_400 }],
    [
      { latitude: '60,17', longitude: '24.94' },
      { latitude: 60.17, longitude: 24.94 },
    ],
    [{ latitude: '60,17' }, {}],
    [{ state: 'disabled' }, { state: 'disabled' }],
    [{ onboarding: 'accepted' }, { onboarding: 'accepted' }],
  ])('turns %j into %j', (typed, sent) => {
    expect(changes(typed)).toEqual(sent)
  })
})
