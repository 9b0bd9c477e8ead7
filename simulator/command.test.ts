import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { simulateCommand } from './command.ts'
import { type FakeCentralSystem, startFakeCentralSystem } from './testing-central-system.ts'
import { realTime } from './timeline.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lataamo-scenarios-'))
afterAll(() => fs.rmSync(folder, { recursive: true }))
let scenariosMade = 0

/** The file of a scenario of one's own. */
function own(scenario: object): string {
  const file = path.join(folder, `${(scenariosMade += 1)}.json`)
  fs.writeFileSync(file, JSON.stringify(scenario))
  return file
}

let central: FakeCentralSystem
let printed = ''

beforeEach(async () => {
  central = await startFakeCentralSystem(realTime())
  printed = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text)
    return true
  })
})

afterEach(async () => {
  vi.restoreAllMocks()
  process.exitCode = undefined
  await central.stop()
})

function run(...words: readonly string[]): Promise<unknown> {
  const command = simulateCommand()
    .exitOverride()
    .configureOutput({ writeErr: (text) => void (printed += text) })
  return command.parseAsync([...words], { from: 'user' })
}

describe('lataamo simulate', () => {
  it('plays one given station, and says how it went', async () => {
    await run(
      '--url',
      `${central.url}/X%201`,
      '--identity',
      'X 1',
      '--password',
      'secret',
      '--scenario',
      'idle',
      '--duration',
      '5',
    )
    expect(central.of('X 1', 'BootNotification')).toHaveLength(1)
    expect(central.passwords.get('X 1')).toBe('secret')
    expect(printed).toContain('X 1: boot answered: Accepted')
    expect(process.exitCode).toBe(0)
  })

  it('plays several of all versions', async () => {
    await run(
      '--url',
      central.url,
      '--stations',
      '3',
      '--protocol',
      'mixed',
      '--scenario',
      'idle',
      '--duration',
      '5',
      '--identity-prefix',
      'P',
    )
    const booted = central.heard.filter(({ action }) => action === 'BootNotification').map(({ identity }) => identity)
    expect(booted.toSorted()).toEqual(['P1', 'P2', 'P3'])
  })

  it('says what to do when nothing listens there, with exit status 1', async () => {
    await run('--url', 'ws://127.0.0.1:9', '--identity', 'X', '--duration', '2')
    expect(printed).toContain('Nothing listens there.')
    expect(process.exitCode).toBe(1)
  })

  it.each([
    [['--url', 'nonsense'], '--url must be an address'],
    [['--url', 'ws://h', '--protocol', 'ocpp9'], 'no protocol ocpp9'],
    [['--url', 'ws://h', '--scenario', 'none'], 'no scenario none'],
    [
      ['--url', 'ws://h', '--scenario', own({ steps: [{ do: 'dance' }] })],
      'steps/0/do must be one of wait, plug, card',
    ],
    [['--url', 'ws://h', '--scenario', own({ steps: [{ do: 'charge', second: 1 }] })], 'steps/0 has no second'],
    [
      ['--url', 'ws://h', '--scenario', own({ steps: [{ do: 'repeat', steps: [{ do: 'wait', seconds: '1' }] }] })],
      'steps/0/steps/0/seconds: Invalid input',
    ],
    [
      ['--url', 'ws://h', '--scenario', own({ steps: [], settings: { sampleInterva: '1' } })],
      'settings has no sampleInterva',
    ],
    [
      ['--url', 'ws://h', '--scenario', own({ steps: [{ do: 'fault', set: { loud: true } }] })],
      'steps/0/set has no loud',
    ],
    [['--url', 'ws://h', '--stations', '0'], '--stations must be a whole number'],
    [['--url', 'ws://h', '--stations', '2', '--identity', 'X'], 'plays one station'],
  ])('refuses %j', async (words, why) => {
    await expect(run(...words)).rejects.toThrow()
    expect(printed).toContain(why)
  })
})
