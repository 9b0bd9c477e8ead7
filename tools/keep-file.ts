import fs from 'node:fs'

/**
 * Writes a file that is made from code. With `--check` writes nothing and ends with status 1 when the file is not what
 * the code makes now.
 */
export function keepFile(file: string, made: string): void {
  const kept = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''
  if (kept === made) return
  if (!process.argv.includes('--check')) {
    fs.writeFileSync(file, made)
    return
  }
  const script = process.argv[1]?.split('/').at(-1)
  console.error(`${file} is not up to date: run node tools/${script}`)
  process.exitCode = 1
}
