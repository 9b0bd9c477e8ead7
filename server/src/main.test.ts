import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const bin = fileURLToPath(new URL('../../bin/lataamo.js', import.meta.url))

function run(...words: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], { encoding: 'utf8' })
  return { status, said: stdout + stderr }
}

it.each([
  { words: [], says: 'Usage: lataamo' },
  { words: ['strat'], says: 'Did you mean start?' },
  { words: ['start', '--land'], says: '--lan' },
])('wrong use of the command line ends with 2 and a word on it: $words', ({ words, says }) => {
  const { status, said } = run(...words)
  expect(said).toContain(says)
  expect(status).toBe(2)
})

it('who asks what there is, is told and has done nothing wrong', () => {
  expect(run('help', 'start').status).toBe(0)
})

it.each(['migrate', 'backup', 'restore'])('%s is refused as not built, and says what to do', (name) => {
  const { status, said } = run(name)
  expect(said).toMatch(new RegExp(`^not-supported: ${name} is not built yet: .*(start|copy)`))
  expect(status).toBe(1)
})

it.each(['/proc/lataamo', '/proc/lataamo/below'])(
  'a data folder that can never be made ends the start: %s',
  (DATA_DIR) => {
    const { status, stderr } = spawnSync(process.execPath, [bin, 'start'], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], DATA_DIR },
      timeout: 60_000,
    })
    expect(stderr).toMatch(new RegExp(`^The data folder ${DATA_DIR} cannot be (made|written)`))
    expect(status).toBe(1)
  },
)

it.each(['| head -c 1', '>/dev/full'])('what nobody can read ends nothing: %s', (whither) => {
  const { stderr } = spawnSync('sh', ['-c', `'${process.execPath}' '${bin}' doctor ${whither}`], { encoding: 'utf8' })
  expect(stderr).toBe('')
})

it('what stops the program where the machine has an older Node stops it in order', async () => {
  const older = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })`
  const words = ['--import', `data:text/javascript,${encodeURIComponent(older)}`, bin]
  const simulate = ['simulate', '--url', 'ws://127.0.0.1:1/ocpp/nowhere', '--stations', '2', '--duration', '100']
  const child = spawn(process.execPath, [...words, ...simulate], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  await expect.poll(() => said).toContain('Playing 2 stations')
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([1, null])
  await expect.poll(() => said).toContain('Ended.')
})
