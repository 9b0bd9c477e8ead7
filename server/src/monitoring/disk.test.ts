import { expect, it } from 'vitest'
import { diskOf } from './disk.ts'

const free: Record<string, number> = { '/data': 50, '/var/lib/lataamo': 10 }
const ask = async (folder: string) => {
  if (free[folder] === undefined) throw new Error('ENOENT')
  return { bavail: free[folder], bsize: 1, blocks: 100 }
}

it('tells of the fullest of the places where data lies, which the database’s may be', async () => {
  let now = 0
  const disk = diskOf(['/data', '/var/lib/lataamo', '/gone'], () => now, ask)
  expect(await disk()).toEqual({ freeBytes: 10, totalBytes: 100 })
  free['/data'] = 5
  expect(await disk()).toEqual({ freeBytes: 10, totalBytes: 100 })
  now = 30_000
  expect(await disk()).toEqual({ freeBytes: 5, totalBytes: 100 })
  expect(await diskOf(['/gone'], () => now, ask)()).toBeUndefined()
})
