import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** A fault that somebody might make, and the tests that must notice it. */
export interface PlantedFault {
  readonly where: 'machine' | 'short way' | 'batch path' | 'outbox' | 'deadlines' | 'policies'
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
    where: 'machine',
    what: 'a late report moves what is known back to its own time',
    file: 'server/src/sessions/rules/transaction.ts',
    find: 'newest: comesAfter(mark, before.newest) ? mark : before.newest,',
    put: 'newest: mark,',
    tests: ['server/src/sessions/rules'],
  },
  {
    where: 'machine',
    what: 'whichever report of a token comes first says since when there is leave',
    file: 'server/src/sessions/rules/transaction.ts',
    find: 'return known.authorisedAt === undefined ? at : earlierOf(known.authorisedAt, at)',
    put: 'return known.authorisedAt ?? at',
    tests: ['server/src/sessions/rules'],
  },
  {
    where: 'short way',
    what: 'a session that somebody else has written since is moved on all the same',
    file: 'server/src/sessions/store-running.ts',
    find: 'where v.moves and s.tenant_id = v.tenant_id and s.id = v.session_id and s.xmin = v.written_by',
    put: 'where v.moves and s.tenant_id = v.tenant_id and s.id = v.session_id and v.written_by is not null',
    tests: ['server/src/sessions/at-hand.test.ts'],
  },
  {
    where: 'short way',
    what: 'what an older socket says is written',
    file: 'server/src/sessions/store-running.ts',
    find: 'where st.tenant_id = v.tenant_id and st.id = v.station_id and st.epoch = v.epoch',
    put: 'where st.tenant_id = v.tenant_id and st.id = v.station_id and v.epoch is not null',
    tests: ['server/src/sessions/at-hand.test.ts'],
  },
  {
    where: 'short way',
    what: 'a part of a batch is saved although another part is not as we know it',
    file: 'server/src/sessions/store-running.ts',
    find: '1 / (case when (select count(*) from moved) = $22::int then 1 else 0 end) as whole',
    put: '1 / (case when (select count(*) from moved) <= $22::int then 1 else 0 end) as whole',
    tests: ['server/src/sessions/at-hand.test.ts'],
  },
  {
    where: 'short way',
    what: 'what could not be saved stays at hand',
    file: 'server/src/sessions/at-hand.ts',
    find: 'for (const { kept } of steps) forget(kept.sessionId)',
    put: 'for (const { kept } of steps) kept.isMoving = false',
    tests: ['server/src/sessions/at-hand.test.ts'],
  },
  {
    where: 'short way',
    what: 'a meter value that is there already is taken for a new one',
    file: 'server/src/sessions/rules/running.ts',
    find: 'if (atMs <= lastAtMs || atMs <= running.first.atMs',
    put: 'if (atMs < lastAtMs || atMs < running.first.atMs',
    tests: ['server/src/sessions/rules', 'server/src/sessions/at-hand.test.ts'],
  },
  {
    where: 'short way',
    what: 'a gap between numbers is not noticed',
    file: 'server/src/sessions/rules/running.ts',
    find: 'seqNo !== newestSeqNo + 1',
    put: 'seqNo <= newestSeqNo',
    tests: ['server/src/sessions/rules'],
  },
  {
    where: 'short way',
    what: 'a register that goes back is believed',
    file: 'server/src/sessions/rules/running.ts',
    find: 'if (registerWh < lastWh) return undefined',
    put: 'if (registerWh < 0) return undefined',
    tests: ['server/src/sessions/rules', 'server/src/sessions/at-hand.test.ts'],
  },
  {
    where: 'batch path',
    what: 'one bad message takes the others of its batch along',
    file: 'server/src/stations/receive/batcher.ts',
    find: 'for (const one of batch) await take([one])',
    put: 'for (const one of batch) one.reject(error)',
    tests: ['server/src/stations/receive/batcher.test.ts'],
  },
  {
    where: 'batch path',
    what: 'a database that is away for a moment is not waited for',
    file: 'server/src/stations/receive/batcher.ts',
    find: 'if (!(error instanceof DatabaseAway) || monotonicMs() - since > patienceMs) throw error',
    put: 'if (!(error instanceof DatabaseAway) || monotonicMs() - since >= 0) throw error',
    tests: ['server/src/stations/receive/batcher.test.ts'],
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
    find: 'update outbox set due_at = null, done_at = $3, failed_at = null, attempts = attempts + 1',
    put: 'update outbox set done_at = $3, failed_at = null, attempts = attempts + 1',
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
