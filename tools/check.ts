import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

// `npm run check`: types, lint, format, import rules, house rules, generated files up to date. All run; any fault fails.

const bin = (name: string): string => path.join('node_modules', '.bin', name)

/** All folders with code of ours. */
const ours = ['units', 'ocpp', 'server/src', 'simulator', 'portals/src', 'bench', 'e2e', 'tools', 'docs', 'bin']

const checks: [string, string, string[]][] = [
  ['types', bin('tsc'), ['-p', 'tsconfig.json']],
  ['types of portals', bin('tsc'), ['-p', 'portals/tsconfig.json']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings']],
  ['format', bin('biome'), ['format', '--error-on-warnings', '--log-level=error']],
  ['imports', bin('depcruise'), ['--config', '.dependency-cruiser.cjs', ...ours]],
  ...generators(),
]

/** Everything that writes a file into the repository can also say whether that file is up to date. */
function generators(): [string, string, string[]][] {
  const scripts = JSON.parse(fs.readFileSync('package.json', 'utf8')).scripts as Record<string, string>
  return Object.entries(scripts)
    .filter(([name]) => name.startsWith('generate:'))
    .map(([name, command]) => [name, process.execPath, [...command.replace(/^node /, '').split(' '), '--check']])
}

function run(name: string, command: string, args: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    let text = ''
    const started = performance.now()
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.on('data', (chunk) => (text += String(chunk)))
    child.stderr.on('data', (chunk) => (text += String(chunk)))
    child.on('error', (error) => (text += error.message))
    child.on('close', (code) => {
      // With a compiler it does not know, dependency-cruiser sees no files and reports peace.
      const blind = name === 'imports' && !/\((\d{2,}) modules/.test(text)
      const fine = code === 0 && !blind
      console.log(`${fine ? 'ok  ' : 'FAIL'} ${name} (${Math.round(performance.now() - started)} ms)`)
      if (!fine) console.log(text.trim().split('\n').slice(0, 60).join('\n'))
      resolve(fine)
    })
  })
}

function* sources(folder: string): Generator<string> {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory() && !['node_modules', 'dist', 'generated'].includes(entry.name)) yield* sources(file)
    else if (entry.isFile() && /\.tsx?$/.test(entry.name)) yield file
  }
}

const ALIKE = /(^|\/)(utils|helpers|common|types|constants|services|models)(\/|$)/

/** House rules no linter knows. */
function houseRules(): boolean {
  const faults: string[] = []
  for (const file of sources('server/src')) {
    const text = fs.readFileSync(file, 'utf8')
    const isTest = /\.test\.ts$|testing/.test(file)
    if (!isTest && /\bsql`|\.named\(/.test(text) && !/\/store[^/]*\.ts$|\/platform\//.test(file))
      faults.push(`${file}: SQL belongs into store.ts`)
    if (!isTest && /Temporal\.Now\b/.test(text) && !/platform\/(clock|migrate)\.ts$/.test(file))
      faults.push(`${file}: only platform/clock.ts asks the machine`)
  }
  for (const file of ours.flatMap((folder) => [...sources(folder)])) {
    if (/\b(it|test|describe)\.(only|skip|todo)\b/.test(fs.readFileSync(file, 'utf8')))
      faults.push(`${file}: a test that does not run`)
    if (ALIKE.test(path.dirname(file))) faults.push(`${file}: a folder holds what belongs together, not what is alike`)
  }
  console.log(faults.length === 0 ? 'ok   house rules' : `FAIL house rules\n${faults.join('\n')}`)
  return faults.length === 0
}

let fine = houseRules()
// Two at a time: machines are small.
const waiting = [...checks]
await Promise.all(
  [1, 2].map(async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) fine = (await run(...next)) && fine
  }),
)
process.exit(fine ? 0 : 1)
