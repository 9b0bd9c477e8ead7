import { describe, expect, it } from 'vitest'
import type { PublicEvse } from '../../api-types.ts'
import { adviceOf } from './advice.ts'

const session = { energyWh: 1_000, durationSeconds: 60 }

describe('what a driver is told to do with a card', () => {
  it.each<[string, readonly (readonly [PublicEvse['seen'], isCharged?: true])[], ReturnType<typeof adviceOf>]>([
    ['to start where a place is free', [['free'], ['charging', true]], 'start'],
    ['to start where a place may start without us', [['offline'], ['charging', true]], 'start'],
    [
      'only how to stop where all places are taken',
      [
        ['charging', true],
        ['charging', true],
      ],
      'stop',
    ],
    ['only how to stop where the other place is out of use', [['charging', true], ['faulted']], 'stop'],
    ['nothing where all places are out of use', [['disabled'], ['faulted']], undefined],
  ])('%s', (_what, evses, advice) => {
    const shown = evses.map(([seen, isCharged]) => ({ seen, ...(isCharged === true ? { session } : {}) }))
    expect(adviceOf(shown)).toBe(advice)
  })
})
