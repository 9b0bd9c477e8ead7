import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { homeOfDatabase, refuseForeignFiles } from './embedded-home.ts'

let ground: string
beforeEach(() => (ground = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'lataamo-home-')))))
afterEach(() => fs.rmSync(ground, { recursive: true }))

const folder = (name: string): string => {
  const made = path.join(ground, name)
  fs.mkdirSync(made, { recursive: true })
  return made
}
const home = (dataDir: string, isOpen: boolean): string =>
  homeOfDatabase({ dataDir, shared: path.join(ground, 'shared'), canEnter: () => isOpen })

describe('the files of the embedded database stay where they were made', () => {
  it('in the data folder, where its user can enter', () => {
    const data = folder('data')
    expect(home(data, true)).toBe(data)
  })

  it('elsewhere where it cannot, also after the data folder was moved, opened, or the start before was interrupted', () => {
    const data = folder('data')
    const first = home(data, false)
    expect(path.dirname(first)).toBe(path.join(ground, 'shared'))
    expect(home(data, false)).toBe(first)
    fs.mkdirSync(path.join(first, 'postgres'))
    fs.renameSync(data, path.join(ground, 'moved'))
    expect(home(path.join(ground, 'moved'), false)).toBe(first)
    expect(home(path.join(ground, 'moved'), true)).toBe(first)
    // A new folder at the former place is another installation.
    expect(home(folder('data'), false)).not.toBe(first)
  })

  it('and no empty database is made in their place: one that cannot be entered any more, or is gone, is told of', () => {
    const data = folder('data')
    fs.mkdirSync(path.join(data, 'postgres'))
    expect(() => home(data, false)).toThrow(/cannot be entered by its user: give it the right/)
    const other = folder('other')
    fs.rmSync(home(other, false), { recursive: true })
    expect(() => home(other, false)).toThrow(/which is not there: bring it back, or set DATA_DIR/)
  })

  it('files of another user are told of, and what to do', () => {
    const mine = process.getuid?.() ?? 0
    expect(() => refuseForeignFiles(ground, mine)).not.toThrow()
    expect(() => refuseForeignFiles(ground, mine + 1)).toThrow(/belongs to the user .*, or start Lataamo as the user/)
  })
})
