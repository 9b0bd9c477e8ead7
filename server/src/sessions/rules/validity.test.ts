import { describe, expect, it } from 'vitest'
import { type KnownToken, reasonsAgainst, type ValidityFacts, type ValidityPurpose, verdictOf } from './validity.ts'

const at = Temporal.Instant.from('2026-11-26T12:00:00Z')
const token: KnownToken = { status: 'active', openSessions: 0 }
const station = { id: 's', state: 'active', onboarding: 'accepted', isConnected: true, openSessions: 0 } as const
const evse = { isKnown: true, isBusy: false, status: 'available' } as const
const usual = { at, token, station, evse, hasTariff: true }
const purposes: readonly ValidityPurpose[] = ['authorise', 'start', 'wish', 'stop']
const asks = (purpose: ValidityPurpose, more: Partial<ValidityFacts>) => reasonsAgainst({ ...usual, purpose, ...more })

const oneUse = { stationId: 's', isOpen: true }
const [always, begins, charges, wishes] = ['authorise start wish stop', 'start wish', 'authorise start wish', 'wish']

describe('who may charge (VALID)', () => {
  it.each<[code: string, verdict: string, purposes: string, Partial<ValidityFacts>]>([
    ['unknown-token', 'invalid', always, { token: 'unknown' }],
    ['token-blocked', 'blocked', always, { token: { ...token, status: 'blocked' } }],
    ['token-expired', 'expired', always, { token: { ...token, status: 'expired' } }],
    ['token-expired', 'expired', always, { token: { ...token, validUntil: at } }],
    ['token-not-here', 'invalid', always, { token: { ...token, oneUse: { ...oneUse, stationId: 'other' } } }],
    ['token-used', 'invalid', always, { token: { ...token, oneUse: { ...oneUse, isOpen: false } } }],
    ['token-in-use', 'concurrent', begins, { token: { ...token, maxSessions: 2, openSessions: 2 } }],
    ['station-disabled', 'not-here', charges, { station: { ...station, state: 'disabled' } }],
    ['station-in-test', 'not-here', charges, { station: { ...station, state: 'test' } }],
    ['station-not-accepted', 'not-here', charges, { station: { ...station, onboarding: 'waiting' } }],
    ['station-not-accepted', 'not-here', charges, { station: { ...station, onboarding: 'refused' } }],
    ['station-offline', 'not-now', wishes, { station: { ...station, isConnected: false } }],
    ['station-full', 'concurrent', begins, { station: { ...station, maxSessions: 1, openSessions: 1 } }],
    ['evse-unknown', 'not-here', wishes, { evse: { ...evse, isKnown: false } }],
    ['evse-busy', 'concurrent', wishes, { evse: { ...evse, isBusy: true } }],
    ['evse-faulted', 'not-here', wishes, { evse: { ...evse, status: 'faulted' } }],
    ['evse-unavailable', 'not-here', wishes, { evse: { ...evse, status: 'unavailable' } }],
    ['evse-reserved', 'not-now', wishes, { evse: { ...evse, status: 'reserved' } }],
    ['no-tariff', 'not-now', wishes, { hasTariff: false }],
  ])('is refused as %s', (code, verdict, when, more) => {
    for (const purpose of purposes) {
      const isRefused = when.split(' ').includes(purpose)
      const reasons = asks(purpose, more)
      expect([purpose, ...reasons.map((reason) => reason.code)]).toEqual([purpose, ...(isRefused ? [code] : [])])
      expect(verdictOf(reasons)).toBe(isRefused ? verdict : 'accepted')
    }
  })

  it.each<[string, Partial<ValidityFacts>]>([
    ['a card that is good', {}],
    ['a card that is good for a moment more', { token: { ...token, validUntil: at.add({ nanoseconds: 1 }) } }],
    ['a card with a session to spare', { token: { ...token, maxSessions: 2, openSessions: 1 } }],
    ['what was made for one start, at its station', { token: { ...token, oneUse } }],
    [
      'what was made for one start, at a station in test',
      { token: { ...token, oneUse }, station: { ...station, state: 'test' } },
    ],
    ['the start button', { token: 'anybody' }],
    ['staff at a station in test', { token: 'anybody', station: { ...station, state: 'test' } }],
    ['a station with room', { station: { ...station, maxSessions: 2, openSessions: 1 } }],
  ])('%s is taken', (_, more) => {
    for (const purpose of purposes) expect(asks(purpose, more)).toEqual([])
  })

  it('hears the first reason there is', () => {
    const reasons = asks('wish', { token: { ...token, status: 'blocked' }, hasTariff: false })
    expect(reasons.map(({ code }) => code)).toEqual(['token-blocked', 'no-tariff'])
    expect(verdictOf(reasons)).toBe('blocked')
  })
})
