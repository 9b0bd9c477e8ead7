import { describe, expect, it } from 'vitest'
import { must } from './result.ts'
import { openTurns } from './turns.ts'

describe('turns', () => {
  it('of one lot are so many at once, in the order in which they came; another lot waits for none of them', async () => {
    const turns = openTurns({ atOnce: 2, waiting: 5, waitingBytes: 0 })
    const begun: string[] = []
    const begin = async (lot: string, name: string) => {
      const end = must(await turns.begin(lot), 'a turn')
      begun.push(name)
      return end
    }
    const first = await begin('a', 'first')
    await begin('a', 'second')
    const [third, fourth] = [begin('a', 'third'), begin('a', 'fourth')]
    await begin('b', 'other')
    expect(begun).toEqual(['first', 'second', 'other'])
    first()
    ;(await third)()
    await fourth
    expect(begun).toEqual(['first', 'second', 'other', 'third', 'fourth'])
  })

  it('that too many wait for are refused, until there is room again', async () => {
    const turns = openTurns({ atOnce: 1, waiting: 1, waitingBytes: 0 })
    const end = must(await turns.begin('a'), 'a turn')
    const waiting = turns.begin('a')
    expect(await turns.begin('a')).toBeUndefined()
    end()
    must(await waiting, 'a turn')()
    expect(await turns.begin('a')).toBeTypeOf('function')
  })

  it('that wait do not keep more than so many bytes between them, of one lot', async () => {
    const turns = openTurns({ atOnce: 1, waiting: 100, waitingBytes: 1_000 })
    const end = must(await turns.begin('a', 900), 'a turn')
    const [first, second] = [turns.begin('a', 600), turns.begin('a')]
    expect(await turns.begin('a', 600)).toBeUndefined()
    must(await turns.begin('b', 600), 'a turn of another lot')()
    end()
    const endFirst = must(await first, 'a turn')
    const next = turns.begin('a', 600)
    endFirst()
    must(await second, 'a turn')()
    expect(await next).toBeTypeOf('function')
  })
})
