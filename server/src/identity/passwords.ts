import { argon2, randomBytes } from 'node:crypto'
import { sameBytes } from '../platform/index.ts'

/** OWASP's figures for argon2id: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456
const PASSES = 2
const LANES = 1
const HASH_BYTES = 32

/** So many at once: each needs its memory, and other work shares the thread pool. */
const MOST_AT_ONCE = 2
let running = 0
const waiting: (() => void)[] = []

/** A PHC string: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`. Off the main thread. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, { memory: MEMORY_KIB, passes: PASSES, lanes: LANES })
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${salt.toString('base64url')}$${hash.toString('base64url')}`
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/
const NOBODYS_SALT = randomBytes(16)

/** Whether the password is the one. Without a hash to compare with, it takes just as long and answers false. */
export async function isPassword(password: string, phc: string | undefined): Promise<boolean> {
  const [, memory, passes, lanes, salt, hash] = PHC.exec(phc ?? '') ?? []
  if (salt === undefined || hash === undefined) {
    await derive(password, NOBODYS_SALT, { memory: MEMORY_KIB, passes: PASSES, lanes: LANES })
    return false
  }
  const figures = { memory: Number(memory), passes: Number(passes), lanes: Number(lanes) }
  return sameBytes(await derive(password, Buffer.from(salt, 'base64url'), figures), Buffer.from(hash, 'base64url'))
}

interface Figures {
  readonly memory: number
  readonly passes: number
  readonly lanes: number
}

async function derive(password: string, salt: Buffer, { memory, passes, lanes }: Figures): Promise<Buffer> {
  if (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
  else running += 1
  try {
    return await new Promise((resolve, reject) => {
      // NFKC: the same password typed on another keyboard is the same bytes.
      const parameters = { message: password.normalize('NFKC'), nonce: salt, parallelism: lanes, memory, passes }
      argon2('argon2id', { ...parameters, tagLength: HASH_BYTES }, (error, hash) =>
        error ? reject(error) : resolve(hash),
      )
    })
  } finally {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
}
