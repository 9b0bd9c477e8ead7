import { afterAll, expect } from 'vitest'
import { openWhole, type Whole } from './whole.ts'

/** Everything the server is, for all tests of a file; nothing of it may have failed when they are done. */
export async function useWhole(): Promise<Whole> {
  const whole = await openWhole()
  afterAll(async () => {
    expect(whole.errors).toEqual([])
    await whole.close()
  })
  return whole
}
