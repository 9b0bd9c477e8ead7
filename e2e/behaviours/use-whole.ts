import { afterAll, expect } from 'vitest'
import { openWhole, type Whole } from './whole.ts'

/** Everything the server is, for all tests of a file; nothing of it may have failed when they are done. */
export async function useWhole(): Promise<Whole> {
  let whole: Whole | undefined
  afterAll(async () => {
    expect(whole?.errors).toEqual([])
    await whole?.close()
  })
  whole = await openWhole()
  return whole
}
