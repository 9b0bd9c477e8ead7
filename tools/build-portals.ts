import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/**
 * Builds the portals into `portals/dist` when something they are made of has changed since. Where Vite is not installed
 * (a production install) nothing is done: the image brings a built `dist`.
 */

const root = join(import.meta.dirname, '..')
const dist = join(root, 'portals', 'dist')
const stamp = join(dist, '.inputs')
const inputs = ['portals', 'units', 'package-lock.json']

function filesIn(path: string): readonly string[] {
  const entries = readdirSync(path, { withFileTypes: true })
  return entries.flatMap((entry) => {
    if (entry.name.startsWith('dist') || entry.name.includes('.test.') || entry.name === 'texts.en.json') return []
    const inside = join(path, entry.name)
    return entry.isDirectory() ? filesIn(inside) : [inside]
  })
}

function inputsHash(): string {
  const hash = createHash('sha256')
  const files = inputs.flatMap((input) => {
    const path = join(root, input)
    return input.includes('.') ? [path] : filesIn(path)
  })
  for (const file of files.sort()) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0')
  }
  return hash.digest('hex')
}

// What a killed build left.
function sweep(): void {
  for (const name of readdirSync(join(root, 'portals'))) {
    const pid = /^dist\.(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(root, 'portals', name), { recursive: true })
  }
}

async function main(): Promise<void> {
  const wanted = inputsHash()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  sweep()
  const vite = await import('vite').catch(() => undefined)
  if (vite === undefined) return
  // Built beside and moved: a server that runs, or a second build, never finds half of it.
  const fresh = join(root, 'portals', `dist.${process.pid}`)
  await vite.build({
    configFile: join(root, 'portals', 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: fresh },
  })
  writeFileSync(join(fresh, '.inputs'), wanted)
  rmSync(dist, { recursive: true, force: true })
  renameSync(fresh, dist)
}

await main()
