import fs from 'node:fs'
import path from 'node:path'
import type { Browser, BrowserContext, BrowserContextOptions, ConsoleMessage, Page, Request } from 'playwright-core'
import { newContext } from '../browser.ts'

/** A page in the browser, watched: whatever a browser complains about is a fault of ours. */
export interface Stage {
  readonly page: Page
  /** Script errors, what the policy blocked, what the console was told in red; empty when all is well. */
  faults(): readonly string[]
  /** REST as the person who is signed in there. */
  readonly rest: {
    get<T>(path: string): Promise<T>
    post<T>(path: string, body?: unknown): Promise<T>
  }
  /** A picture for the one who looks, when `STORY_PICTURES` names a folder. */
  picture(name: string): Promise<void>
  close(): Promise<void>
}

export async function openStage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Stage> {
  const context = await newContext(browser, { baseURL: url, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(45_000)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' && !isAnswer(message)) faults.push(`console: ${message.text()}`)
  })
  page.on('requestfailed', (request) => {
    if (!isCutShort(request)) faults.push(`${request.failure()?.errorText} ${request.url()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 500) faults.push(`${response.status()} ${response.url()}`)
  })
  return {
    page,
    faults: () => faults,
    rest: restOfPage(context, url),
    async picture(name) {
      const folder = process.env['STORY_PICTURES']
      if (folder === undefined) return
      fs.mkdirSync(folder, { recursive: true })
      await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true })
    },
    close: () => context.close(),
  }
}

/** By the page's cookie, with the origin that a browser would send. */
function restOfPage(context: BrowserContext, url: string): Stage['rest'] {
  const ask = async <T>(method: string, path: string, data?: unknown): Promise<T> => {
    const answer = await context.request.fetch(url + path, { method, data, headers: { origin: url } })
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`)
    return (await answer.json()) as T
  }
  return { get: (path) => ask('GET', path), post: (path, body = {}) => ask('POST', path, body) }
}

// A page that is left cuts its requests and its stream short.
function isCutShort(request: Request): boolean {
  return request.failure()?.errorText === 'net::ERR_ABORTED'
}

// A browser writes a line for each answer of 4xx; a refusal is an answer that the page shows.
function isAnswer(message: ConsoleMessage): boolean {
  return /^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text())
}

/** Numbers as people read them aloud: in groups of three from the right, on one line. */
export function spoken(number: string | number): string {
  return String(number).replaceAll(/\B(?=(\d{3})+$)/g, '\u00a0')
}

export { word } from './texts.ts'
