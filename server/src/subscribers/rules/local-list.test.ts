import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Held,
  heldAfter,
  heldAsRead,
  type KnownList,
  MOST_ATTEMPTS,
  nextStep,
  type Pending,
  printOf,
  waitAfterFailure,
} from './local-list.ts'

const good = printOf({ verdict: 'accepted' })
const blocked = printOf({ verdict: 'blocked' })
const card = (hash: string, print = good) => ({ hash, print })

const known: KnownList = {
  mode: 'active',
  mustRead: false,
  enabled: true,
  longest: null,
  part: 2,
  heldVersion: 4,
  held: { a: good },
  lastVersion: 4,
}

/** Reference sheet ocpp-semantics.md, 3, Local list. */
describe('what is done next about a local list (CARD-VALID)', () => {
  it('asks first, then sends a full list where nothing is known, in parts with rising versions', () => {
    expect(nextStep({ ...known, mustRead: true }, [card('a')])).toEqual({ kind: 'read' })
    const cards = [card('a'), card('b'), card('c')]
    expect(nextStep({ ...known, heldVersion: null, held: {}, lastVersion: 0 }, cards)).toEqual({
      kind: 'send',
      version: 1,
      full: true,
      changes: [card('a'), card('b')],
      lastVersion: 2,
    })
    expect(nextStep({ ...known, heldVersion: 1, held: { a: good, b: good }, lastVersion: 1 }, cards)).toEqual({
      kind: 'send',
      version: 2,
      full: false,
      changes: [card('c')],
      lastVersion: 2,
    })
  })

  it('sends what takes rights away before what grants them', () => {
    const step = nextStep({ ...known, part: 10, held: { gone: good, bad: good, a: good, b: good } }, [
      card('a'),
      card('new'),
      card('b'),
      card('bad', blocked),
    ])
    expect(step).toMatchObject({ full: false, changes: [card('bad', blocked), { hash: 'gone' }, card('new')] })
  })

  it('never sends version 0 or -1, nor one that is not newer than the station’s', () => {
    expect(nextStep({ ...known, heldVersion: 0, held: {}, lastVersion: 0 }, [card('a')])).toMatchObject({ version: 1 })
    expect(nextStep({ ...known, heldVersion: 9, lastVersion: 4 }, [])).toMatchObject({ version: 10, full: true })
    expect(nextStep({ ...known, heldVersion: null, lastVersion: 2_147_483_646 }, [card('a')])).toMatchObject({
      version: 1,
      full: true,
    })
  })

  it('rests where the station has no list, has it switched off, or holds what it should', () => {
    expect(nextStep({ ...known, heldVersion: -1 }, [card('b')])).toEqual({ kind: 'rest', state: 'not-supported' })
    expect(nextStep({ ...known, enabled: false }, [card('b')])).toEqual({ kind: 'rest', state: 'disabled' })
    expect(nextStep(known, [card('a')])).toEqual({ kind: 'rest', state: 'in-step' })
  })

  it('empties the list of a station that shall have none any more, and asks nothing of one that never had one', () => {
    expect(nextStep({ ...known, mode: 'off' }, [card('a')])).toMatchObject({ kind: 'send', full: true, changes: [] })
    expect(nextStep({ ...known, mode: 'off', held: {}, mustRead: true }, [])).toEqual({ kind: 'rest', state: 'off' })
  })

  it('leaves out what the station could not hold', () => {
    const step = nextStep({ ...known, part: 10, longest: 2, heldVersion: null }, [card('a'), card('b'), card('c')])
    expect(step).toMatchObject({ changes: [card('a'), card('b')] })
  })

  it('waits longer after each failure, then until staff is told', () => {
    expect([1, 2, 3, 4].map(waitAfterFailure)).toEqual([10, 20, 40, 80])
    expect(waitAfterFailure(MOST_ATTEMPTS)).toBe(86_400)
  })
})

/** A station as OCPP has it: a full list replaces, a list of changes needs a newer version. */
interface Station {
  version: number
  held: Held
}

function take(station: Station, { version, full, changes }: Pending): boolean {
  if (!full && version <= station.version) return false
  station.held = heldAfter(station.held, full, changes)
  station.version = version
  return true
}

type Trouble = 'none' | 'answer-lost' | 'message-lost' | 'forgets' | 'written-by-another' | 'cards-change'

interface Kept extends KnownList {
  readonly pending: Pending | null
  readonly wanted: readonly { readonly hash: string; readonly print: string }[]
}

/** One exchange with the station, whatever befalls it, as the keeper does it. */
function exchange(list: Kept, station: Station, trouble: Trouble): Kept {
  const step = nextStep(list, list.wanted)
  if (step.kind === 'rest') return list
  if (step.kind === 'read') {
    if (trouble === 'answer-lost' || trouble === 'message-lost') return list
    const lastVersion = Math.max(list.lastVersion, station.version)
    return {
      ...list,
      ...heldAsRead(list, list.pending, station.version),
      lastVersion,
      mustRead: false,
      pending: null,
    }
  }
  const pending: Pending = { version: step.version, full: step.full, changes: step.changes }
  const sent = { ...list, lastVersion: step.version, pending }
  const isTaken = trouble !== 'message-lost' && take(station, pending)
  if (trouble === 'message-lost' || trouble === 'answer-lost') return { ...sent, mustRead: true }
  if (!isTaken) return { ...sent, mustRead: true, heldVersion: null, pending: null }
  const held = heldAfter(list.held, step.full, step.changes)
  return { ...sent, heldVersion: step.version, held, pending: null }
}

describe('a list that is kept in step', () => {
  const hashes = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const cards = fc.uniqueArray(fc.record({ hash: fc.constantFrom(...hashes), print: fc.constantFrom(good, blocked) }), {
    selector: ({ hash }) => hash,
  })
  const trouble = fc.constantFrom<Trouble>(
    'none',
    'answer-lost',
    'message-lost',
    'forgets',
    'written-by-another',
    'cards-change',
  )

  it('ends as it should be once the trouble is over, whatever got lost, and says so only then', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(trouble, cards), { maxLength: 30 }),
        cards,
        fc.integer({ min: 1, max: 3 }),
        (troubles, last, part) => {
          const station: Station = { version: 0, held: {} }
          const nothing = { heldVersion: null, held: {}, lastVersion: 0, pending: null, wanted: [] }
          let list: Kept = { ...known, ...nothing, mustRead: true, part }
          for (const [befalls, changed] of troubles) {
            if (befalls === 'cards-change') list = { ...list, wanted: changed }
            if (befalls === 'forgets') {
              // It boots, and is asked.
              Object.assign(station, { version: 0, held: {} })
              list = { ...list, mustRead: true }
            }
            if (befalls === 'written-by-another') {
              Object.assign(station, { version: station.version + 5, held: { z: good } })
              list = { ...list, mustRead: true }
            }
            list = exchange(list, station, befalls)
          }
          list = { ...list, wanted: last }
          for (let rounds = 0; rounds < 40; rounds += 1) list = exchange(list, station, 'none')
          expect(nextStep(list, last)).toEqual({ kind: 'rest', state: 'in-step' })
          expect(station.held).toEqual(Object.fromEntries(last.map(({ hash, print }) => [hash, print])))
          expect(station.version).toBe(list.heldVersion)
        },
      ),
    )
  })
})
