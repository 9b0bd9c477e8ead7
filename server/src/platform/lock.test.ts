import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { isHeld, lockFolder } from './lock.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lataamo-lock-'))
afterAll(() => fs.rmSync(folder, { recursive: true }))

it('gives a folder to one at a time, and names the holder to the next', async () => {
  const lock = await lockFolder(folder)
  await expect(lockFolder(folder)).rejects.toThrow(
    new RegExp(`is in use by another Lataamo \\(process ${process.pid}\\): stop that one, or set DATA_DIR`),
  )
  expect(await isHeld(folder)).toBe(true)
  await lock.release()
  expect(await isHeld(folder)).toBe(false)
  await (await lockFolder(folder)).release()
})

it('is not got round by a symbolic link', async () => {
  const link = `${folder}-link`
  fs.symlinkSync(folder, link)
  const lock = await lockFolder(folder)
  await expect(lockFolder(link)).rejects.toThrow(/in use/)
  await lock.release()
  fs.rmSync(link)
})

it('is free again after the holder was killed (row 24)', async () => {
  const module = fileURLToPath(new URL('./lock.ts', import.meta.url))
  const script = `const { lockFolder } = await import(${JSON.stringify(module)})
    await lockFolder(${JSON.stringify(folder)}); console.log('held'); setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  await expect(lockFolder(folder)).rejects.toThrow(new RegExp(`process ${holder.pid}`))
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  await (await lockFolder(folder)).release()
})
