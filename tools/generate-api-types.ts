import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@hey-api/openapi-ts'

/**
 * Writes the types of /v1 that the portals use, `portals/src/api.gen.ts`, from the server's OpenAPI document. `--check`
 * changes nothing and fails when the file is not what it would write.
 */

const root = join(import.meta.dirname, '..')
const target = join(root, 'portals', 'src', 'api.gen.ts')

async function generated(): Promise<string> {
  const printed = spawnSync(process.execPath, [join(root, 'server', 'src', 'openapi-document.ts')], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (printed.status !== 0) throw new Error(`the OpenAPI document could not be made: ${printed.stderr}`)
  const folder = mkdtempSync(join(tmpdir(), 'lataamo-api-types-'))
  try {
    await createClient({
      input: JSON.parse(printed.stdout) as never,
      output: { path: folder, entryFile: false },
      plugins: ['@hey-api/typescript'],
      logs: { level: 'silent' },
    })
    return readFileSync(join(folder, 'types.gen.ts'), 'utf8')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const wanted = await generated()
if (!process.argv.includes('--check')) {
  writeFileSync(target, wanted)
} else {
  let found = ''
  try {
    found = readFileSync(target, 'utf8')
  } catch {
    // No file yet is the same as an old one.
  }
  if (found !== wanted) {
    console.error('portals/src/api.gen.ts is not up to date: run `node tools/generate-api-types.ts`')
    process.exitCode = 1
  }
}
