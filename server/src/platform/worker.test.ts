import { expect, it } from 'vitest'
import { silentLog } from './log.ts'
import { startLoop } from './worker.ts'

const HOUR = 3_600_000

it('goes on without a pause while there is something to do', async () => {
  let left = 5
  const loop = startLoop('test', HOUR, silentLog, async () => (left > 0 ? left-- : 0))
  await expect.poll(() => left).toBe(0)
  await loop.stop()
})

it('works at once when woken, also when woken while it works', async () => {
  let rounds = 0
  let finish: () => void = () => {}
  const loop = startLoop('test', HOUR, silentLog, async () => {
    rounds += 1
    if (rounds === 2) await new Promise<void>((resolve) => (finish = resolve))
    return 0
  })
  await expect.poll(() => rounds).toBe(1)
  loop.wake()
  await expect.poll(() => rounds).toBe(2)
  loop.wake()
  finish()
  await expect.poll(() => rounds).toBe(3)
  await loop.stop()
})

it('survives a failure, says so, and never overlaps itself', async () => {
  const warnings: unknown[] = []
  const log = { ...silentLog, warn: (text: string, fields?: object) => void warnings.push([text, fields]) }
  let running = 0
  let rounds = 0
  const loop = startLoop('fragile', 1, log, async () => {
    expect((running += 1)).toBe(1)
    rounds += 1
    await Promise.resolve()
    running -= 1
    if (rounds === 1) throw new Error('once')
    return 0
  })
  await expect.poll(() => rounds).toBeGreaterThan(2)
  expect(warnings).toMatchObject([['a worker loop failed and goes on', { loop: 'fragile' }]])
  await loop.stop()
})

it('stops only when what it began is done, and does nothing afterwards', async () => {
  let finish: () => void = () => {}
  let rounds = 0
  const loop = startLoop('test', 1, silentLog, async () => {
    rounds += 1
    await new Promise<void>((resolve) => (finish = resolve))
    return 1
  })
  await expect.poll(() => rounds).toBe(1)
  let stopped = false
  const stopping = loop.stop().then(() => (stopped = true))
  await Promise.resolve()
  expect(stopped).toBe(false)
  finish()
  await stopping
  loop.wake()
  expect(rounds).toBe(1)
})
