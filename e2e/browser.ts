import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core'

const root = join(import.meta.dirname, '..')

/**
 * A headless Chromium for the stories: an installed one, else the one inside the npm package `@sparticuz/chromium`, which
 * is unpacked once into a folder of this user and this version. WebGL is drawn in software; pages are put together without it, which costs a
 * tenth of doing so by a graphics card that is not there. `more`: further arguments of Chromium.
 */
export async function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  const executablePath = installedBrowser() ?? (await unpackedBrowser())
  const env = browserEnvironment(executablePath)
  return chromium.launch({ executablePath, args: [...browserArguments(), ...more], env, timeout: 180_000 })
}

/** A context always has a locale: without one Chromium takes `en-US@posix`, which is no language tag. */
export function newContext(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  return browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Helsinki', reducedMotion: 'reduce', ...options })
}

function browserArguments(): readonly string[] {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const webGl = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader']
  return [...asRoot, ...webGl, '--disable-gpu-compositing', '--hide-scrollbars']
}

function installedBrowser(): string | undefined {
  return ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path))
}

// The package unpacks into the temporary folder it is told. Unpacked beside and renamed, so that parallel test files,
// which all may come first, never run a half-written program.
async function unpackedBrowser(): Promise<string> {
  const folder = join(tmpdir(), `lataamo-chromium-${userInfo().uid}-${packageVersion()}`)
  const ready = join(folder, 'ready')
  if (!existsSync(ready)) {
    const fresh = `${folder}.${process.pid}`
    rmSync(fresh, { recursive: true, force: true })
    mkdirSync(fresh, { recursive: true, mode: 0o700 })
    await unpackInto(fresh)
    writeFileSync(join(fresh, 'ready'), '')
    try {
      renameSync(fresh, folder)
    } catch {
      // Another test file was first: its copy is as good.
      rmSync(fresh, { recursive: true, force: true })
    }
  }
  return join(folder, 'chromium')
}

async function unpackInto(folder: string): Promise<void> {
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  try {
    const { default: packed, inflate } = await import('@sparticuz/chromium')
    await packed.executablePath()
    if (!hasNss()) await inflate(join(root, 'node_modules', '@sparticuz', 'chromium', 'bin', 'al2023.tar.br'))
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}

// Chromium needs NSS; where the machine has none, the package's own copy is used.
function hasNss(): boolean {
  return ['/usr/lib/x86_64-linux-gnu', '/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib'].some((folder) =>
    existsSync(join(folder, 'libnss3.so')),
  )
}

function browserEnvironment(executablePath: string): Record<string, string> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  const folder = join(executablePath, '..')
  const libraries = join(folder, 'al2023', 'lib')
  return {
    ...inherited,
    ...(existsSync(libraries) ? { LD_LIBRARY_PATH: libraries } : {}),
    ...(existsSync('/etc/fonts') ? {} : { FONTCONFIG_PATH: join(folder, 'fonts') }),
  }
}

function packageVersion(): string {
  const path = join(root, 'node_modules', '@sparticuz', 'chromium', 'package.json')
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
