import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

/** In the data folder, where the database's files lie elsewhere: their folder. */
const NOTE = 'postgres-lies-elsewhere.txt'

interface Asked {
  readonly dataDir: string
  /** Below it files go that the database's user could not reach in `dataDir`. */
  readonly shared: string
  readonly canEnter: (folder: string) => boolean
}

/**
 * Where the database's files lie: in the data folder, or, where the database's user cannot enter that, in one below `shared`. Once made they
 * stay where they are, also when the data folder is moved, opened or closed: an empty database beside them would look like lost data.
 */
export function homeOfDatabase({ dataDir, shared, canEnter }: Asked): string {
  const noted = notedHome(dataDir)
  if (noted !== undefined) return noted
  if (canEnter(dataDir)) return dataDir
  if (fs.existsSync(path.join(dataDir, 'postgres'))) {
    throw new Error(
      `The database in ${path.join(dataDir, 'postgres')} cannot be entered by its user: give it the right to pass through the folders above (chmod o+x), or set DATA_DIR to another folder.`,
    )
  }
  const named = createHash('sha256').update(fs.realpathSync(dataDir)).digest('hex').slice(0, 12)
  const home = freeFolder(path.join(shared, `data-${named}`))
  fs.mkdirSync(home, { recursive: true, mode: 0o711 })
  const fresh = path.join(dataDir, `${NOTE}.new`)
  fs.writeFileSync(fresh, `${home}\n`, { flush: true })
  fs.renameSync(fresh, path.join(dataDir, NOTE))
  return home
}

/** Whether a database was made for this data folder, here or elsewhere. */
export function hasDatabase(dataDir: string): boolean {
  const note = path.join(dataDir, NOTE)
  const home = fs.existsSync(note) ? fs.readFileSync(note, 'utf8').trim() : dataDir
  return fs.existsSync(path.join(home, 'postgres'))
}

/** The folder that an earlier start chose, which must be there still. */
function notedHome(dataDir: string): string | undefined {
  const note = path.join(dataDir, NOTE)
  if (!fs.existsSync(note)) return undefined
  const home = fs.readFileSync(note, 'utf8').trim()
  if (!fs.existsSync(home)) {
    throw new Error(
      `The database of ${dataDir} lay in ${home}, which is not there: bring it back, or set DATA_DIR to another folder.`,
    )
  }
  return home
}

/** The first of its name without a database: one that has some belongs to a data folder that was moved away from this place. */
function freeFolder(folder: string): string {
  for (let n = 1; ; n += 1) {
    const candidate = n === 1 ? folder : `${folder}-${n}`
    if (!fs.existsSync(path.join(candidate, 'postgres'))) return candidate
  }
}

/** PostgreSQL starts only as the user to whom its files belong. */
export function refuseForeignFiles(folder: string, uid: number): void {
  const owner = fs.statSync(folder).uid
  if (owner === uid) return
  throw new Error(
    `The database in ${folder} belongs to the user ${nameOf(owner)}, and would run as ${nameOf(uid)}: give it to that user (chown -R ${nameOf(uid)} ${folder}), or start Lataamo as the user who did before.`,
  )
}

function nameOf(uid: number): string {
  const line = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.split(':')[2] === String(uid))
  return line?.split(':')[0] ?? String(uid)
}
