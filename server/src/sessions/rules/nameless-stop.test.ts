import { describe, expect, it } from 'vitest'
import { decide } from './machine.ts'
import { sessionOfNamelessStop, type StopCandidate } from './nameless-stop.ts'
import { type Session, sessionOfTransaction } from './session.ts'
import { limits as plain } from './testing-histories.ts'

const T = Temporal.Instant.from('2026-11-26T08:00:00Z')
const limits = { ...plain, maxPowerW: 22_000 }
const at = (seconds: number): Temporal.Instant => T.add({ seconds })
const reading = (seconds: number, registerWh: number) => ({ at: at(seconds), context: 'periodic', registerWh }) as const

function begun(seconds = 0, registerWh = 1_000, isNumbered = false): Session {
  const fact = {
    kind: 'transaction-started',
    number: '7',
    token: 'may-charge',
    readings: [{ at: at(seconds), context: 'transaction-begin', registerWh }],
    wasQueued: false,
    wasCorrected: false,
    receivedAt: at(seconds),
    ...(isNumbered ? { seqNo: 0 } : {}),
  } as const
  return decide(sessionOfTransaction({ evse: 1, limits }, at(seconds)), fact, at(seconds)).session
}
function read(session: Session, seconds: number, registerWh: number, isNameless: boolean): Session {
  const fact = { kind: 'readings', readings: [reading(seconds, registerWh)], wasCorrected: false, isNameless } as const
  return decide(session, fact, at(seconds)).session
}
const of = (machine: Session, card: StopCandidate['card'] = 'own'): StopCandidate => ({ machine, card })
const stop = { at: at(1_800), registerWh: 3_000 }
const meant = (...candidates: readonly StopCandidate[]): StopCandidate | undefined =>
  sessionOfNamelessStop(candidates, stop)

describe('a stop that names no transaction', () => {
  it('is the end of the one session that it surely ends', () => {
    const byCard = of(begun())
    expect(meant(byCard)).toBe(byCard)
    const byNumber = of(read(begun(), 600, 1_500, true), 'none')
    expect(meant(byNumber)).toBe(byNumber)
    // One that knows its number, on the other connector, is none that could be meant.
    expect(meant(byNumber, of(read(begun(), 600, 1_500, false)))).toBe(byNumber)
  })

  it('is left to people where it may be another’s', () => {
    const session = begun()
    expect(meant()).toBeUndefined()
    expect(meant(of(session), of(begun(60)))).toBeUndefined()
    expect(meant(of(session, 'other'))).toBeUndefined()
    // No card, and the station never said that it has no number.
    expect(meant(of(session, 'none'))).toBeUndefined()
    // It has used its number, so it would name it.
    expect(meant(of(read(session, 600, 1_500, false)))).toBeUndefined()
    expect(meant(of(begun(0, 1_000, true)))).toBeUndefined()
    // Also where it says -1 after that, or before: then another may be meant, or it heard its number late.
    expect(meant(of(read(read(session, 600, 1_500, false), 700, 1_600, true)))).toBeUndefined()
    expect(meant(of(read(read(session, 600, 1_500, true), 700, 1_600, false)))).toBeUndefined()
    // The register fell, or rose by more than the outlet gives.
    expect(meant(of(begun(0, 3_001)))).toBeUndefined()
    expect(meant(of(begun(1_700, 0)))).toBeUndefined()
    // Before what is known of it, or long after its connector was free.
    expect(meant(of(begun(1_801)))).toBeUndefined()
    expect(meant(of(decide(session, { kind: 'evse-status', status: 'available' }, at(900)).session))).toBeUndefined()
  })

  it.each<[string, Session, number, number, boolean]>([
    // 22 kW and a tenth more, for half an hour and a minute.
    ['as much as the outlet gives', begun(), 1_800, 13_503, true],
    ['more than the outlet gives', begun(), 1_800, 13_504, false],
    ['nothing', begun(), 1_800, 1_000, true],
    ['less than nothing', begun(), 1_800, 999, false],
    ['a little, at the moment of its last reading', read(begun(), 1_800, 2_900, true), 1_800, 3_000, true],
    ['a little, before its last reading', read(begun(), 1_800, 2_900, true), 1_799, 3_000, false],
  ])('fits by time and register where it took %s', (_, session, seconds, registerWh, isMeant) => {
    const candidate = of(session)
    const told = sessionOfNamelessStop([candidate], { at: at(seconds), registerWh })
    expect(told).toBe(isMeant ? candidate : undefined)
  })

  it('ends no session that has its end', () => {
    const end = { kind: 'transaction-ended', number: '7', readings: [], wasQueued: false, wasCorrected: false } as const
    const over = decide(begun(), { ...end, receivedAt: at(900) }, at(900)).session
    expect(over.state).toBe('waiting-for-meter')
    expect(meant(of(over))).toBeUndefined()
    const running = of(begun())
    expect(meant(of(over), running)).toBe(running)
  })

  it('is left to people while an orphan is open, whose end it may be', () => {
    const orphan = { ...sessionOfTransaction({ evse: 2, limits, isOrphan: true }, T) }
    const fact = { kind: 'transaction-updated', number: '-1', readings: [reading(0, 1)] } as const
    const more = { wasQueued: false, wasCorrected: false, receivedAt: T }
    expect(meant(of(begun()), of(decide(orphan, { ...fact, ...more }, T).session, 'none'))).toBeUndefined()
  })

  it('counts a stop told a moment after the connector was shown free', () => {
    const free = (seconds: number) => decide(begun(), { kind: 'evse-status', status: 'available' }, at(seconds)).session
    expect(meant(of(free(1_740)))?.machine.state).toBe('waiting-for-meter')
    expect(meant(of(free(1_739)))).toBeUndefined()
  })
})
