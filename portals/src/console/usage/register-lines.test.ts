import { describe, expect, it } from 'vitest'
import { registerLines } from './register-lines.ts'

const box = { width: 120, height: 60 }
const at = (minute: number, wh: number, isMarked = false) => ({ at: minute * 60_000, wh, isMarked })

describe('registers as lines', () => {
  it('run from left to right and from the bottom up, wrong readings at their place', () => {
    const lines = registerLines([at(10, 1_000, true), at(0, 0)], [], box)
    expect(lines).toMatchObject({ told: 'M10 50L110 10', proposed: '', marked: [{ x: 110, y: 10 }], lastWh: 1_000 })
  })

  it('share one scale with what is proposed', () => {
    const lines = registerLines([at(0, 0), at(10, 1_000)], [at(0, 0), at(10, 500)], box)
    expect(lines?.proposed).toBe('M10 50L110 30')
  })

  it('are none where there is one reading or none, and flat where nothing moves', () => {
    expect(registerLines([at(0, 5)], [], box)).toBeUndefined()
    expect(registerLines([at(0, 5), at(1, 5)], [], box)?.told).toBe('M10 30L110 30')
  })
})
