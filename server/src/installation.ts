import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { ClientConfig } from 'pg'
import { type Config, knownSecret, secretOf } from './config.ts'
import {
  type Bus,
  ensurePartitions,
  type FolderLock,
  type Ground,
  localBus,
  lockFolder,
  type Log,
  migrate,
  openDatabase,
  openKeys,
  openPostgres,
  postgresBus,
  hasDatabase,
  judgeRuntime,
  randomToken,
  startEmbedded,
  steadyClock,
  type EmbeddedPostgres,
  userOf,
  whatLacks,
} from './platform/index.ts'

/** The ground of a running installation: data folder locked, database up to date and open, keys known. */
export interface Installation {
  readonly ground: Ground
  readonly platformKey: string
  readonly secret: string
  /** What a person should be told about where things lie. */
  readonly remarks: readonly string[]
  /** Everything that must go to begin afresh; the database's files may lie apart. */
  readonly folders: readonly string[]
  /** Makes coming partitions and drops old raw logs; nothing where the owner's address is not known. */
  tidy(): Promise<void>
  /** Resolves with a sentence when the embedded database ends by itself. */
  readonly databaseEnded: Promise<string>
  close(): Promise<void>
}

/** Opens the installation. Throws one sentence that says what to do: folder without rights, in use, database away, wrong secret. */
export async function openInstallation(config: Config, log: Log, publicUrl: string): Promise<Installation> {
  makeDataFolder(config.DATA_DIR)
  const undo: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    const lock: FolderLock = await lockFolder(config.DATA_DIR)
    undo.push(() => lock.release())
    const secret = secretOf(config, 'LATAAMO_SECRET', () => newSecret(config))
    const platformKey = secretOf(config, 'LATAAMO_PLATFORM_KEY', randomToken)
    const embedded = config.DATABASE_URL === undefined ? await startEmbedded(config.DATA_DIR, secret) : undefined
    if (embedded !== undefined) undo.push(() => embedded.stop())
    const opened = await openSchema(config, embedded, secret)
    const database = openDatabase({ connection: opened.runtime, roles: opened.roles, log })
    undo.push(() => database.close())
    const keys = await openKeys(database, secret)
    const clock = steadyClock((byMs) => log.warn('the clock of this machine was set: followed slowly', { byMs }))
    const bus = openBus(config, opened.runtime, log, undo)
    return {
      ground: { database, keys, clock, log, bus, publicUrl },
      platformKey,
      secret,
      remarks: embedded?.remarks ?? opened.remarks,
      folders: foldersOf(config, embedded),
      databaseEnded: embedded?.ended ?? new Promise(() => {}),
      async tidy() {
        if (opened.owner === undefined) return
        const client = await openPostgres(opened.owner)
        try {
          await ensurePartitions(client)
        } finally {
          await client.end()
        }
      },
      close,
    }
  } catch (error) {
    await close().catch(() => {})
    throw error
  }
}

/** A new one beside data of a former one would only hide what is missing. */
function newSecret(config: Config): string {
  const missing = whySecretIsMissing(config)
  if (missing !== undefined) throw new Error(missing)
  return randomToken()
}

/** Data of the embedded database whose secret is gone, or empty, in a sentence that says what to do. */
export function whySecretIsMissing(config: Config): string | undefined {
  try {
    if (knownSecret(config, 'LATAAMO_SECRET') !== undefined) return undefined
  } catch (error) {
    return (error as Error).message
  }
  const { DATA_DIR, DATABASE_URL } = config
  return DATABASE_URL === undefined && hasDatabase(DATA_DIR)
    ? `The secret of this data is missing: bring ${path.join(DATA_DIR, 'secret')} back from your copy, or set LATAAMO_SECRET as it was.`
    : undefined
}

function foldersOf({ DATA_DIR }: Config, embedded: EmbeddedPostgres | undefined): readonly string[] {
  const home = embedded === undefined ? DATA_DIR : path.dirname(embedded.folder)
  return home === DATA_DIR ? [DATA_DIR] : [DATA_DIR, home]
}

function makeDataFolder(folder: string): void {
  try {
    makeFolders(folder)
    // The slash tells a file from a folder.
    fs.accessSync(`${folder}${path.sep}`, fs.constants.W_OK | fs.constants.X_OK)
  } catch (error) {
    throw folderFault(error as NodeJS.ErrnoException, folder)
  }
}

/** One by one: made recursively by Node, a folder where nothing can be made, as below /proc, is tried for ever. */
function makeFolders(folder: string): void {
  if (fs.existsSync(folder)) return
  makeFolders(path.dirname(folder))
  try {
    fs.mkdirSync(folder, { mode: 0o711 })
  } catch (error) {
    // Two that start at once.
    if (!fs.existsSync(folder)) throw error
  }
}

/** Why a data folder cannot be used, or made, as far as can be told without making anything. */
export function whyNoFolder(folder: string): string | undefined {
  try {
    // The slash tells a file from a folder.
    fs.accessSync(`${nearestFolder(folder)}${path.sep}`, fs.constants.W_OK | fs.constants.X_OK)
    return undefined
  } catch (error) {
    return folderFault(error as NodeJS.ErrnoException, folder).message
  }
}

/** The folder, or the one in which it will be made. */
export function nearestFolder(folder: string): string {
  return fs.existsSync(folder) ? folder : nearestFolder(path.dirname(folder))
}

function folderFault(error: NodeJS.ErrnoException, folder: string): Error {
  const { code } = error
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new Error(
      `The data folder ${folder} cannot be written by this user: give it rights there, or set DATA_DIR to another folder.`,
    )
  }
  if (code === 'ENOSPC') return new Error(`The disk that holds ${folder} is full: free some space, then start again.`)
  if (code === 'ENOENT')
    return new Error(`The data folder ${folder} cannot be made there: set DATA_DIR to another one.`)
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return new Error(`DATA_DIR is ${folder}, which is not a folder: set it to one.`)
  return error
}

/** Migrates and says how to connect: the embedded server's login is ours, an outside one is what DATABASE_URL names. */
async function openSchema(config: Config, embedded: EmbeddedPostgres | undefined, secret: string) {
  if (embedded !== undefined) {
    const password = createHash('sha256').update(`lataamo database login ${secret}`).digest('hex')
    const { roles, login } = await migrate(embedded.owner, { password })
    return {
      roles,
      owner: embedded.owner,
      remarks: [],
      runtime: { ...embedded.owner, user: login, password } satisfies ClientConfig,
    }
  }
  const runtime: ClientConfig = { connectionString: config.DATABASE_URL }
  const owner: ClientConfig | undefined =
    config.DATABASE_OWNER_URL === undefined ? undefined : { connectionString: config.DATABASE_OWNER_URL }
  if (owner === undefined) {
    throw new Error(
      'DATABASE_URL is set without DATABASE_OWNER_URL: set the owner’s address too, so that the tables can be made and kept.',
    )
  }
  const outside = { owner, runtime }
  const lacking = await whatLacks(outside)
  if (lacking !== undefined) throw new Error(lacking)
  const { roles } = await migrate(owner, { name: userOf(runtime) })
  const { trouble, remark } = await judgeRuntime(outside)
  if (trouble !== undefined) throw new Error(trouble)
  return { roles, owner, runtime, remarks: remark === undefined ? [] : [remark] }
}

function openBus(config: Config, runtime: ClientConfig, log: Log, undo: (() => Promise<unknown>)[]): Bus {
  // An embedded database belongs to this process alone, so that there is nobody else to tell.
  if (config.DATABASE_URL === undefined) return localBus()
  const bus = postgresBus(runtime, log)
  undo.push(() => bus.close())
  return bus
}
