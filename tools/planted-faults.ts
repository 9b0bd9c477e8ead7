import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** A fault that somebody might make, and the tests that must notice it. */
export interface PlantedFault {
  readonly where: 'machine' | 'batch path' | 'outbox' | 'deadlines' | 'policies'
  readonly what: string
  readonly file: string
  /** Stands there once. */
  readonly find: string
  readonly put: string
  readonly tests: readonly string[]
}

export const plantedFaults: readonly PlantedFault[] = [
  {
    where: 'machine',
    what: 'a gap between numbers is taken for none',
    file: 'server/src/sessions/rules/seen.ts',
    find: 'if (end < from - 1) ranges.push(start, end)',
    put: 'if (end < from - 2) ranges.push(start, end)',
    tests: ['server/src/sessions/rules'],
  },
  {
    where: 'batch path',
    what: 'what a socket of an older epoch says is taken',
    file: 'server/src/stations/receive/take-messages.ts',
    find: 'states.get(stationId)?.epoch === epoch',
    put: 'states.get(stationId) !== undefined && epoch >= 0n',
    tests: ['server/src/stations/gateway/sockets.test.ts'],
  },
  {
    where: 'batch path',
    what: 'two messages of one station are taken at the same time',
    file: 'server/src/stations/receive/batcher.ts',
    find: 'if (batch.length < most && !keys.has(waiting.key) && !busy.has(waiting.key)) batch.push(waiting)',
    put: 'if (batch.length < most && busy.size >= 0) batch.push(waiting)',
    tests: ['server/src/stations/receive/batcher.test.ts'],
  },
  {
    where: 'outbox',
    what: 'an effect that was carried out stays due',
    file: 'server/src/platform/outbox.ts',
    find: 'update outbox set due_at = null, done_at = $3, attempts = attempts + 1',
    put: 'update outbox set done_at = $3, attempts = attempts + 1',
    tests: ['server/src/platform/outbox.test.ts'],
  },
  {
    where: 'deadlines',
    what: 'one that cannot be taken takes the others along',
    file: 'server/src/platform/deadlines.ts',
    find: 'for (const one of ids) taken += await takeOf(deps, table, tenantId, [one], at)',
    put: 'for (const one of ids.slice(0, 1)) taken += await takeOf(deps, table, tenantId, [one], at)',
    tests: ['server/src/platform/deadlines.test.ts'],
  },
  {
    where: 'policies',
    what: 'a row policy that lets every tenant read',
    file: 'server/migrations/0018-policies-read-once.sql',
    find: "own text := 'tenant_id = (select nullif(current_setting(''app.tenant'', true), '''')::uuid)';",
    put: "own text := 'true';",
    tests: ['server/src/platform/db.test.ts', 'e2e/tenants-apart-in-the-database.test.ts'],
  },
]

const home = fileURLToPath(new URL('..', import.meta.url))

/** The tests that failed with the fault planted in a copy of the project; none: nobody noticed. */
export function noticedBy({ file, find, put, tests }: PlantedFault): readonly string[] {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'lataamo-planted-'))
  try {
    const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: home })
    for (const name of stdout.toString().split('\0').filter(Boolean)) {
      if (!fs.existsSync(path.join(home, name))) continue
      fs.mkdirSync(path.dirname(path.join(copy, name)), { recursive: true })
      fs.copyFileSync(path.join(home, name), path.join(copy, name))
    }
    fs.symlinkSync(path.join(home, 'node_modules'), path.join(copy, 'node_modules'))
    const target = path.join(copy, file)
    fs.writeFileSync(
      target,
      fs.readFileSync(target, 'utf8').replace(find, () => put),
    )
    const report = path.join(copy, 'report.json')
    const vitest = path.join(home, 'node_modules/vitest/vitest.mjs')
    const words = [vitest, 'run', '--reporter=json', `--outputFile=${report}`, ...tests]
    const run = spawnSync(process.execPath, words, { cwd: copy, encoding: 'utf8', maxBuffer: 100_000_000 })
    if (!fs.existsSync(report))
      throw new Error(`the tests did not run: ${run.stdout.slice(-500)}${run.stderr.slice(-500)}`)
    return failedIn(fs.readFileSync(report, 'utf8'))
  } finally {
    fs.rmSync(copy, { recursive: true, force: true })
  }
}

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

function failedIn(text: string): readonly string[] {
  const { testResults } = JSON.parse(text) as Report
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ fullName }) => fullName)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const fault of plantedFaults) {
    const names = noticedBy(fault)
    console.log(`${names.length > 0 ? 'noticed    ' : 'NOT NOTICED'} ${fault.where}: ${fault.what}`)
    for (const name of names.slice(0, 3)) console.log(`              ${name}`)
    if (names.length === 0) process.exitCode = 1
  }
}
