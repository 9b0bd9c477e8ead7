import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connectorPhases, connectorStatuses } from '../model.ts'
import { judgeConnection, type Knock } from './admission.ts'
import { canonicalPassword, offeredForms, passwordFault } from './credential.ts'
import { ADDRESS_FAILURES, openGuessLimits, STATION_FAILURES } from './guess-limits.ts'
import { masked, maskedText } from './mask.ts'
import { checkDigit, isStationNumber, stationNumber } from './number.ts'
import { openReconnectLimits } from './reconnect-limits.ts'
import { evseSeen, type SeenInput, statusOfConnectors, worstSeen } from './seen.ts'
import { stationPath, stationUrl } from './station-path.ts'
import { afterSwap, isQuarantined, type Swaps } from './swaps.ts'

describe('public station numbers', () => {
  it('check themselves: Damm’s own example', () => {
    expect(checkDigit('572')).toBe(4)
  })

  it('find every wrong digit and every swap of neighbours', () => {
    const number = fc.integer({ min: 1000, max: 99_999_999 }).map((n) => `${n}${checkDigit(String(n))}`)
    fc.assert(
      fc.property(number, fc.nat(), fc.integer({ min: 1, max: 9 }), (right, place, change) => {
        expect(isStationNumber(right)).toBe(true)
        const at = place % right.length
        const digit = (Number(right[at]) + change) % 10
        expect(isStationNumber(`${right.slice(0, at)}${digit}${right.slice(at + 1)}`)).toBe(false)
        const next = at + 1
        if (next < right.length && right[at] !== right[next]) {
          const swapped = `${right.slice(0, at)}${right[next]}${right[at]}${right.slice(next + 1)}`
          expect(isStationNumber(swapped)).toBe(false)
        }
      }),
    )
  })

  it('have five digits, the first never 0', () => {
    expect(stationNumber(5, (from) => from)).toMatch(/^1000\d$/)
    expect(stationNumber(5, (_, to) => to - 1)).toMatch(/^9999\d$/)
  })
})

describe('what is seen of an EVSE', () => {
  const usual: SeenInput = {
    adminState: 'active',
    connection: 'connected',
    status: 'available',
    phase: null,
    stationStatus: null,
    sessionState: null,
  }
  it.each<[string, Partial<SeenInput>, object]>([
    ['free', {}, { seen: 'free' }],
    ['unknown before it was heard', { status: null }, { seen: 'unknown' }],
    ['unknown after we came back', { connection: 'unknown' }, { seen: 'unknown' }],
    ['offline, whatever it said last', { connection: 'offline', status: 'faulted' }, { seen: 'offline' }],
    ['disabled, whatever it says', { adminState: 'disabled', status: 'faulted' }, { seen: 'disabled' }],
    [
      'a cable without a card',
      { status: 'occupied', phase: 'preparing' },
      { seen: 'preparing', words: 'waiting-for-card' },
    ],
    [
      'a cable that is still in',
      { status: 'occupied', phase: 'finishing' },
      { seen: 'preparing', words: 'cable-still-in' },
    ],
    [
      'a wish without a cable',
      { sessionState: 'waiting-for-cable' },
      { seen: 'preparing', words: 'waiting-for-cable' },
    ],
    ['charging', { status: 'occupied', sessionState: 'delivering' }, { seen: 'charging' }],
    [
      'charging while paused',
      { status: 'occupied', phase: 'suspended-ev', sessionState: 'paused' },
      { seen: 'charging' },
    ],
    ['faulted, also with a session', { status: 'faulted', sessionState: 'delivering' }, { seen: 'faulted' }],
    ['faulted as a whole', { stationStatus: 'faulted' }, { seen: 'faulted' }],
    ['test', { adminState: 'test' }, { seen: 'test' }],
    ['reserved', { status: 'reserved' }, { seen: 'reserved' }],
  ])('%s', (_, more, seen) => {
    expect(evseSeen({ ...usual, ...more })).toEqual(seen)
  })

  it('never calls free what is offline, faulted, disabled or charging', () => {
    const input = fc.record({
      adminState: fc.constantFrom('active', 'test', 'disabled'),
      connection: fc.constantFrom('connected', 'offline', 'unknown', 'never'),
      status: fc.constantFrom(...connectorStatuses, null),
      phase: fc.constantFrom(...connectorPhases, null),
      stationStatus: fc.constantFrom(...connectorStatuses, null),
      sessionState: fc.constantFrom('delivering', 'paused', 'waiting-for-cable', null),
    }) as fc.Arbitrary<SeenInput>
    fc.assert(
      fc.property(input, (one) => {
        if (evseSeen(one).seen !== 'free') return
        expect(one).toMatchObject({
          adminState: 'active',
          connection: 'connected',
          status: 'available',
          sessionState: null,
        })
      }),
    )
  })

  it('shows a station as the worst of its EVSEs', () => {
    expect(worstSeen(['free', 'charging', 'preparing'], 'connected')).toBe('preparing')
    expect(worstSeen([], 'offline')).toBe('offline')
  })

  it('takes the connector in use for the EVSE, a broken one only where no other works', () => {
    const of = (...statuses: ('available' | 'occupied' | 'faulted' | null)[]) =>
      statusOfConnectors(statuses.map((status) => ({ status })))?.status
    expect(of('available', 'occupied')).toBe('occupied')
    expect(of('available', 'faulted')).toBe('available')
    expect(of('faulted', null)).toBe('faulted')
    expect(of(null)).toBeUndefined()
  })
})

describe('the address of a station', () => {
  it('comes back as it was given', () => {
    const identity = fc.stringMatching(/^[A-Za-z0-9*\-_=+|@][A-Za-z0-9*\-_=+|@.]{0,47}$/)
    fc.assert(
      fc.property(identity, (one) => {
        const url = stationUrl('http://x:1', 'power', one)
        expect(url).toMatch(/^ws:\/\/x:1\//)
        expect(stationPath(url.slice('ws://x:1'.length))).toEqual({ ok: true, tenant: 'power', identity: one })
      }),
    )
  })

  it('is bound to exactly one identity, or refused, whatever is asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const path = stationPath(`/ocpp/power/${text}`)
        if (path.ok) expect(path.identity).toMatch(/^[A-Za-z0-9*\-_=+|@.]{1,48}$/)
      }),
    )
  })
})

describe('station passwords', () => {
  it('are the vector of the reference: hex digits go as raw bytes', () => {
    const header = 'QUwxMDAwOgABAgMEBQYH////////////////'
    const password = Buffer.from(header, 'base64').subarray('AL1000:'.length)
    expect(offeredForms(password, 'ocpp1.6')).toEqual([{ form: 'raw', password: `0001020304050607${'ff'.repeat(12)}` }])
    expect(offeredForms(password, 'ocpp2.0.1')).toEqual([])
  })

  it('compare hex digits without case, and texts exactly', () => {
    expect(canonicalPassword('ABCDEF0123456789ABCDEF0123456789')).toBe('abcdef0123456789abcdef0123456789')
    expect(canonicalPassword('Secret-Of-The-Station')).toBe('Secret-Of-The-Station')
  })

  it.each([
    ['x'.repeat(15), 'too-short'],
    ['x'.repeat(41), 'too-long'],
    ['with a newline\nin it', 'not-printable'],
    ['x'.repeat(16), undefined],
    ['p4ssw0rd-with:colon-0001', undefined],
  ])('%j: %s', (password, fault) => {
    expect(passwordFault(password)).toBe(fault)
  })
})

describe('who is let in', () => {
  const at = Temporal.Instant.from('2026-11-26T12:00:00Z')
  const knock: Knock = {
    station: { securityProfile: 1, plainUntil: null, hasCredential: true },
    credential: { kind: 'basic', userMatches: true, passwordMatches: true },
    isLoopback: true,
    isTls: false,
    at,
  }
  const soon = at.add({ hours: 1 })
  it.each<[string, Partial<Knock>, object]>([
    ['the right key here', {}, { kind: 'admitted' }],
    ['the right key from elsewhere', { isLoopback: false }, { reason: 'plain-not-allowed', status: 403 }],
    [
      'the right key from elsewhere with an exception',
      { isLoopback: false, station: { securityProfile: 1, plainUntil: soon, hasCredential: true } },
      { kind: 'admitted' },
    ],
    [
      'an exception that is over',
      { isLoopback: false, station: { securityProfile: 1, plainUntil: at, hasCredential: true } },
      { status: 403 },
    ],
    ['nobody we know', { station: undefined }, { reason: 'unknown-identity', status: 404 }],
    ['no key set', { station: { securityProfile: 1, plainUntil: null, hasCredential: false } }, { status: 401 }],
    [
      'profile 2 without TLS',
      { station: { securityProfile: 2, plainUntil: soon, hasCredential: true } },
      { status: 403 },
    ],
    [
      'profile 0 here without an exception',
      { station: { securityProfile: 0, plainUntil: null, hasCredential: false } },
      { status: 403 },
    ],
    [
      'profile 0 with an exception, without a key',
      {
        isLoopback: false,
        station: { securityProfile: 0, plainUntil: soon, hasCredential: false },
        credential: { kind: 'none' },
      },
      { kind: 'admitted' },
    ],
    ['no key shown', { credential: { kind: 'none' } }, { reason: 'no-credential', status: 401 }],
    ['a key that cannot be read', { credential: { kind: 'unreadable' } }, { reason: 'no-credential', status: 401 }],
    [
      'a wrong key',
      { credential: { kind: 'basic', userMatches: true, passwordMatches: false } },
      { reason: 'wrong-password', status: 401 },
    ],
    [
      'the right key under another name',
      { credential: { kind: 'basic', userMatches: false, passwordMatches: true } },
      { reason: 'wrong-user', status: 401 },
    ],
    ['the right key from elsewhere over TLS', { isLoopback: false, isTls: true }, { kind: 'admitted' }],
    [
      'profile 2 with TLS',
      { isLoopback: false, isTls: true, station: { securityProfile: 2, plainUntil: null, hasCredential: true } },
      { kind: 'admitted' },
    ],
    [
      'one of two with the same key',
      { station: { securityProfile: 1, plainUntil: null, hasCredential: true, quarantinedUntil: soon } },
      { reason: 'quarantined', status: 403 },
    ],
    [
      'one of two with the same key, its time over',
      { station: { securityProfile: 1, plainUntil: null, hasCredential: true, quarantinedUntil: at } },
      { kind: 'admitted' },
    ],
  ])('%s', (_, more, admission) => {
    expect(judgeConnection({ ...knock, ...more })).toMatchObject(admission)
  })
})

describe('guessing', () => {
  it('is slowed by station and by address, and never for the usual address of a station', () => {
    const limits = openGuessLimits()
    limits.succeeded('t/genuine', 'home')
    for (let n = 0; n < STATION_FAILURES; n += 1) limits.failed('t/a', `address-${n}`, 0)
    expect(limits.mayTry('t/a', 'new', 1)).toBe(false)
    expect(limits.mayTry('t/a', 'new', 6)).toBe(true)
    for (let n = 0; n < ADDRESS_FAILURES; n += 1) limits.failed(`t/${n}`, 'attacker', 10)
    expect(limits.mayTry('t/other', 'attacker', 11)).toBe(false)
    expect(limits.mayTry('t/other', 'elsewhere', 11)).toBe(true)
    for (let n = 0; n < 50; n += 1) limits.failed('t/genuine', 'attacker', 12)
    expect(limits.mayTry('t/genuine', 'home', 13)).toBe(true)
    expect(limits.mayTry('t/genuine', 'attacker', 13)).toBe(false)
  })
})

describe('coming again and again', () => {
  it('is held back to once a minute after sixty times, and forgotten with time', () => {
    const limits = openReconnectLimits()
    const came = (seconds: number, times: number): number =>
      Array.from({ length: times }, () => limits.mayCome('a', seconds)).filter(Boolean).length
    expect(came(0, 100)).toBe(60)
    expect(came(59, 5)).toBe(0)
    expect(came(60, 5)).toBe(1)
    expect(came(240, 5)).toBe(3)
    expect(limits.mayCome('b', 240)).toBe(true)
    expect(came(8_000, 100)).toBe(60)
  })

  it('to another machine with the key counts within five minutes only', () => {
    const at = (minutes: number): Temporal.Instant => Temporal.Instant.from('2026-11-26T12:00:00Z').add({ minutes })
    const after = (...minutes: number[]) =>
      minutes.reduce((before, minute) => afterSwap(before.times, at(minute)), { times: [] } as Swaps)
    expect(after(0, 1, 2).quarantinedUntil).toBeUndefined()
    expect(after(0, 1, 2, 6).quarantinedUntil).toBeUndefined()
    expect(after(0, 1, 2, 3).quarantinedUntil?.equals(at(18))).toBe(true)
    // A slow database notes them late and out of turn: what counts is when they were.
    expect(after(6, 9, 12, 3).quarantinedUntil).toBeUndefined()
    expect(after(12, 0, 3, 6, 9, 15)).toEqual({ times: [at(12), at(15)] })
    expect(after(3, 1, 0, 2).quarantinedUntil?.equals(at(18))).toBe(true)
    expect(isQuarantined(at(18), at(17))).toBe(true)
    expect(isQuarantined(at(18), at(18))).toBe(false)
    expect(isQuarantined(null, at(0))).toBe(false)
  })
})

describe('what people may see', () => {
  it('hides tokens but for their end, and secrets whole', () => {
    expect(
      masked({
        idTag: '04AABBCC',
        idToken: { idToken: '04AABBCC', type: 'ISO14443' },
        key: 'AuthorizationKey',
        value: 'abc',
        list: [{ variable: { name: 'BasicAuthPassword' }, attributeValue: 'abc' }],
      }),
    ).toEqual({
      idTag: '•••BBCC',
      idToken: { idToken: '•••BBCC', type: 'ISO14443' },
      key: 'AuthorizationKey',
      value: '•••',
      list: [{ variable: { name: 'BasicAuthPassword' }, attributeValue: '•••' }],
    })
  })

  it('hides the password in an address', () => {
    expect(masked({ location: 'ftp://files:s3cret@example.org/x' })).toEqual({
      location: 'ftp://files:•••@example.org/x',
    })
  })

  it('hides them also where the frame cannot be read', () => {
    expect(masked({ idToken: { idToken: '482913', type: 'KeyCode' } })).toEqual({
      idToken: { idToken: '•••', type: 'KeyCode' },
    })
    expect(maskedText('[2,"1","Authorize",{"idTag":"04AABBCC"')).not.toContain('04AABBCC')
  })
})
