import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './browser.ts'
import { type AxeRules, axeFaults } from './kit/axe.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { pressInTurn } from './kit/page-reading.ts'
import { openStage, type Stage } from './kit/stage.ts'
import { englishOn } from './kit/texts.ts'
import { until } from './kit/until.ts'

/** Every page of the portals over the living demo: light and dark, wide and narrow. */

const desk = { width: 1440, height: 900 }
const narrow = { width: 320, height: 700 }

interface Seen {
  readonly items: readonly { readonly id: string; readonly number: string; readonly seen: string }[]
}

let borrowed: Borrowed
let browser: Browser
let cookies: Awaited<ReturnType<BrowserContext['storageState']>>
let paths: readonly (readonly [page: string, path: string])[]

beforeAll(async () => {
  ;[borrowed, browser] = await Promise.all([startBorrowed({ DEMO: 'on' }), launchBrowser()])
  const { server } = borrowed
  await until(() => /sign-in#\S+/.test(server.stdout()))
  const [link = ''] = /http\S+\/sign-in#\S+/.exec(server.stdout()) ?? []
  const { page, close } = await openStage(browser, borrowed.server.url, { viewport: desk })
  await page.goto(link)
  await page.getByRole('button', { name: 'Not now' }).click()
  await page.getByRole('heading', { name: 'Network now' }).waitFor()
  cookies = await page.context().storageState()
  paths = await pathsOf(page)
  await close()
})
afterAll(async () => {
  await browser?.close()
  await borrowed?.close()
})

/** The pages, with ids of what the demo has made so far: a session that is under way, its station, a tariff. */
async function pathsOf(page: Page) {
  const get = async <Answer>(path: string): Promise<Answer> =>
    (await (await page.request.get(borrowed.server.url + path)).json()) as Answer
  let session: { readonly id: string; readonly stationId: string; readonly stationNumber: string } | undefined
  await until(async () => {
    const { items } = await get<{ items: (typeof session)[] }>('/v1/sessions?state=delivering&limit=1')
    session = items[0]
    return session !== undefined
  })
  const tariffs = await get<Seen>('/v1/tariffs?limit=1')
  return [
    ['map', '/map'],
    ['stations', '/stations'],
    ['station', `/stations/${session?.stationId}`],
    ['adding a station', '/stations/add'],
    ['sessions', '/sessions'],
    ['session', `/sessions/${session?.id}`],
    ['usage data', '/usage-errors?state=all'],
    ['checks of usage data', '/usage-errors/checks'],
    ['alerts', '/alerts'],
    ['cards', '/cards'],
    ['limits', '/limits'],
    ['sites', '/sites'],
    ['tariffs', '/tariffs'],
    ['tariff', `/tariffs/${tariffs.items[0]?.id}`],
    ['new tariff', '/tariffs/new'],
    ['webhooks', '/webhooks'],
    ['people', '/people'],
    ['phone', `/s/${session?.stationNumber}`],
    ['signing in', '/sign-in'],
    ['nothing', '/no-such-page'],
  ] as const
}

/** A page is there when its heading is and nothing is loading any more. */
async function open({ page }: Stage, path: string): Promise<void> {
  await page.setViewportSize(desk)
  await page.goto(path)
  await page.locator('h1').first().waitFor({ state: 'attached' })
  await page.locator('.bone').first().waitFor({ state: 'detached' })
}

/** A map is drawn in software here: while it draws, nothing else of the page moves. */
async function drawn(page: Page): Promise<void> {
  await page.locator('[aria-busy="true"]').waitFor({ state: 'detached', timeout: 60_000 })
}

interface Look {
  readonly colorScheme: 'light' | 'dark'
  readonly viewport: { readonly width: number; readonly height: number }
  readonly axe: AxeRules | 'none'
}

/** Colours are the same wide and narrow, so contrast is measured once in each scheme; all else is the same in both schemes. */
const looks: readonly Look[] = [
  { colorScheme: 'light', viewport: desk, axe: 'all' },
  { colorScheme: 'dark', viewport: desk, axe: 'contrast' },
  { colorScheme: 'light', viewport: narrow, axe: 'all-but-contrast' },
  { colorScheme: 'dark', viewport: narrow, axe: 'none' },
]

/** What is wrong with the page as it stands, in this scheme and width. */
async function faultsOf({ page }: Stage, { colorScheme, viewport, axe }: Look): Promise<readonly string[]> {
  await page.setViewportSize(viewport)
  await drawn(page)
  const shown = await page.evaluate(() => ({
    scheme: document.documentElement.getAttribute('data-mantine-color-scheme'),
    over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    // A figure's line of context, cut off.
    cut: [...document.querySelectorAll('.kf-note')].flatMap((one) =>
      one.scrollWidth > one.clientWidth ? [one.textContent] : [],
    ),
    // A key instead of its text.
    keys: document.body.innerText.match(/\bportal\.[a-z][\w.-]+/g) ?? [],
  }))
  const found = axe === 'none' ? [] : await axeFaults(page, axe)
  return [
    ...(shown.scheme === colorScheme ? [] : [`shown ${shown.scheme}`]),
    ...(shown.over > 0 ? [`${shown.over} px too wide`] : []),
    ...shown.cut.map((text) => `cut off: ${text}`),
    ...shown.keys.map((key) => `no text for ${key}`),
    ...found,
  ].map((fault) => `${colorScheme}, ${viewport.width} px: ${fault}`)
}

describe('every page', () => {
  it('is marked as a demo, and without faults for axe (WCAG 2.2 AA), sideways scrolling and errors', async () => {
    const stage = await openStage(browser, borrowed.server.url, { viewport: desk, storageState: cookies })
    const faults: string[] = []
    // A page is loaded in one scheme, the next in the other, and follows when the system changes.
    for (const [at, [name, path]] of paths.entries()) {
      const schemes = at % 2 === 0 ? (['light', 'dark'] as const) : (['dark', 'light'] as const)
      for (const [turn, colorScheme] of schemes.entries()) {
        await stage.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        if (turn === 0) await open(stage, path)
        await stage.page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor({ state: 'attached' })
        if (name !== 'nothing') await stage.page.getByText('Demo.', { exact: true }).waitFor()
        for (const look of looks.filter((one) => one.colorScheme === colorScheme)) {
          const found = await faultsOf(stage, look)
          faults.push(...found.map((fault) => `${name}, ${fault}`))
          await stage.picture(`${name.replaceAll(' ', '-')}-${look.colorScheme}-${look.viewport.width}`)
        }
      }
    }
    expect([...faults, ...stage.faults()]).toEqual([])
    await stage.close()
  }, 480_000)
})

/** Long words break layouts, so each page is looked at wide and narrow. */
const finnishLooks: readonly Look[] = [
  { colorScheme: 'light', viewport: desk, axe: 'none' },
  { colorScheme: 'light', viewport: narrow, axe: 'all-but-contrast' },
]

describe('every page in Finnish (GEN-L10N)', () => {
  it('says its language, says nothing in English, and fits', async () => {
    const options = { viewport: desk, storageState: cookies, locale: 'fi-FI', colorScheme: 'light' } as const
    const stage = await openStage(browser, borrowed.server.url, options)
    const faults: string[] = []
    for (const [name, path] of paths) {
      await open(stage, path)
      await expect.poll(() => stage.page.locator('html').getAttribute('lang')).toBe('fi')
      for (const look of finnishLooks) {
        const found = await faultsOf(stage, look)
        const english = await englishOn(stage.page, 'fi')
        faults.push(...[...found, ...english.map((text) => `in English: ${text}`)].map((fault) => `${name}, ${fault}`))
        await stage.picture(`fi-${name.replaceAll(' ', '-')}-${look.viewport.width}`)
      }
    }
    expect([...faults, ...stage.faults()]).toEqual([])
    await stage.close()
  }, 480_000)
})

describe('the console', () => {
  it('is used by keyboard alone: rows, pages, help, and the focus is never lost', async () => {
    const { page, close } = await openStage(browser, borrowed.server.url, { viewport: desk, storageState: cookies })
    await page.goto('/map')
    const rows = page.locator('main [data-row]')
    await rows.nth(1).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await expect.poll(() => rows.nth(1).evaluate((row) => row === document.activeElement)).toBe(true)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'OCPP log' }).waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    await pressInTurn(page, 'g', 'e')
    await page.getByRole('heading', { name: 'Sessions', level: 1 }).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('Next row', { exact: false }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expect.poll(() => page.evaluate(() => document.activeElement === document.body)).toBe(false)
    await close()
  })

  it('finds a station, a session and a page from one field', async () => {
    const stage = await openStage(browser, borrowed.server.url, { viewport: desk, storageState: cookies })
    const { page } = stage
    await page.goto('/cards')
    const field = page.getByRole('combobox', { name: 'Find' })
    await field.waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('helsinki-01')
    await page.getByRole('option', { name: 'HELSINKI-01' }).waitFor()
    await stage.picture('palette')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    // The page that opens takes the focus.
    await page.getByRole('heading', { name: 'OCPP log' }).waitFor()
    await field.fill('1')
    await page.getByRole('option', { name: /^Session 1 / }).click()
    await page.getByRole('heading', { level: 1, name: 'Session 1' }).waitFor()
    await field.fill('tar')
    await page.getByRole('option', { name: 'Tariffs' }).click()
    await page.getByRole('heading', { level: 1, name: 'Tariffs' }).waitFor()
    await field.fill('harbour')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/stations?q=harbour')
    expect(stage.faults()).toEqual([])
    await stage.close()
  })

  it('is in the language a person chose, whatever machine they sit at (GEN-L10N)', async () => {
    const options = { viewport: desk, storageState: cookies }
    const { page, close, picture } = await openStage(browser, borrowed.server.url, options)
    await page.goto('/tariffs')
    await page.getByRole('button', { name: 'Aino Koski' }).click()
    await picture('person-menu')
    await page.getByRole('menuitemradio', { name: 'Suomi' }).click()
    await page.getByRole('heading', { level: 1, name: 'Hinnastot' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('fi')
    await close()
    // The cookie alone goes along: nothing else of the first browser does.
    const other = await openStage(browser, borrowed.server.url, {
      viewport: desk,
      storageState: { ...cookies, origins: [] },
    })
    await other.page.goto('/tariffs')
    await other.page.getByRole('heading', { level: 1, name: 'Hinnastot' }).waitFor()
    await other.page.getByRole('button', { name: 'Aino Koski' }).click()
    await other.page.getByRole('menuitemradio', { name: 'Selaimen mukaan' }).click()
    await other.page.getByRole('heading', { level: 1, name: 'Tariffs' }).waitFor()
    await other.close()
  })

  it('goes dark and light again with the system, and by the switch', async () => {
    const { page, close } = await openStage(browser, borrowed.server.url, { viewport: desk, storageState: cookies })
    await page.goto('/cards')
    const shown = () => page.locator('html').getAttribute('data-mantine-color-scheme')
    await page.getByRole('button', { name: 'Show dark' }).waitFor()
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(shown).toBe('dark')
    await page.getByRole('button', { name: 'Show light' }).click()
    await expect.poll(shown).toBe('light')
    await page.reload()
    await page.getByRole('button', { name: 'Show dark' }).waitFor()
    await expect.poll(shown).toBe('light')
    await close()
  })

  it('keeps filters in the address, over the way back too', async () => {
    const { page, close } = await openStage(browser, borrowed.server.url, { viewport: desk, storageState: cookies })
    await page.goto('/map')
    const states = page.getByRole('group', { name: 'States, with the number of EVSEs' }).getByRole('button')
    await states.first().waitFor()
    expect(await states.first().innerText(), 'worst first').toMatch(/^Faulted/)
    await page.getByRole('button', { name: /^Charging/ }).click()
    await page.waitForURL('**/map?seen=charging')
    // Rows come, go and move while stations report: one that moves away below the pointer is clicked again.
    const away = /\/stations\/[0-9a-f-]{36}$/
    await until(async () => {
      if (away.test(page.url())) return true
      await page.locator('main [data-row]').first().click()
      return page.waitForURL(away, { timeout: 5_000 }).then(
        () => true,
        () => false,
      )
    })
    await page.goBack()
    await page.waitForURL('**/map?seen=charging')
    await expect.poll(() => page.getByRole('button', { name: /^Charging/ }).getAttribute('aria-pressed')).toBe('true')
    await close()
  })

  it('loads the map alone with the map', async () => {
    const { page, close } = await openStage(browser, borrowed.server.url, { viewport: desk, storageState: cookies })
    const loaded: string[] = []
    page.on('request', (request) => loaded.push(request.url()))
    await page.goto('/stations')
    await page.locator('main [data-row]').first().waitFor()
    expect(loaded.filter((url) => /MapView|maplibre|countries/.test(url))).toEqual([])
    await close()
  })

  it.each(['/stations/abc', '/sessions/abc', '/tariffs/abc'])('says that there is nothing at %s', async (path) => {
    const stage = await openStage(browser, borrowed.server.url, { viewport: desk, storageState: cookies })
    await stage.page.goto(path)
    const told = stage.page.getByRole('alert')
    await told.getByText('There is nothing at this address.').waitFor()
    expect(await told.innerText()).not.toContain('params')
    await stage.close()
  })

  it('sends somebody who is not signed in to sign in, and back', async () => {
    const { page, close } = await openStage(browser, borrowed.server.url, { viewport: desk })
    await page.goto('/sessions?open=true')
    await page.waitForURL('**/sign-in?next=*')
    expect(new URL(page.url()).searchParams.get('next')).toBe('/sessions?open=true')
    await close()
  })
})

describe('a phone', () => {
  it('is answered in its language, and offers the others (GEN-L10N)', async () => {
    const path = borrowed.server.url + (paths.find(([name]) => name === 'phone')?.[1] ?? '')
    const { page, close } = await openStage(browser, borrowed.server.url, { viewport: narrow, locale: 'fi-FI' })
    await page.goto(path)
    await page.getByRole('heading', { level: 1, name: /^Asema/ }).waitFor()
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { level: 1, name: /^Station/ }).waitFor()
    await page.reload()
    await page.getByRole('heading', { level: 1, name: /^Station/ }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    await close()
  })

  it('gets less than 200 kB of compressed script for a station', async () => {
    const { page, close } = await openStage(browser, borrowed.server.url, { viewport: narrow })
    const scripts: Promise<number>[] = []
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) scripts.push(response.body().then(compressedSize))
    })
    await page.goto(borrowed.server.url + (paths.find(([name]) => name === 'phone')?.[1] ?? ''))
    await page.getByRole('heading', { level: 1, name: /^Station/ }).waitFor()
    const sizes = await Promise.all(scripts)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000)
    await close()
  })

  it('is told when there is a typo in the number', async () => {
    const { page, close } = await openStage(browser, borrowed.server.url, { viewport: narrow })
    const [, path = ''] = paths.find(([name]) => name === 'phone') ?? []
    const last = Number(path.slice(-1))
    await page.goto(`${borrowed.server.url}${path.slice(0, -1)}${(last + 1) % 10}`)
    await page.getByText('There is a typo in the number').waitFor()
    await close()
  })
})

async function compressedSize(body: Buffer): Promise<number> {
  const stream = new Blob([new Uint8Array(body)]).stream().pipeThrough(new CompressionStream('gzip'))
  return (await new Response(stream).arrayBuffer()).byteLength
}
