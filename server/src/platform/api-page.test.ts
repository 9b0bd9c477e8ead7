import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { apiPage } from './api-page.ts'
import { openRoute, streamRoute, tenantRoute } from './http-routes.ts'
import { openApiOf } from './openapi.ts'
import { ok } from './result.ts'
import own from './texts.en.json' with { type: 'json' }
import { openTexts } from './texts.ts'

const site = z.strictObject({ id: z.uuid(), name: z.string().min(1).max(200), city: z.string().optional() })
const routes = [
  tenantRoute({
    method: 'POST',
    path: '/v1/sites/:id',
    tag: 'all sites',
    summary: 'Make a <b>site</b>',
    right: 'sites.write',
    params: z.strictObject({ id: z.uuid() }),
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(200).optional() }),
    body: site,
    answer: z.strictObject({ items: z.array(site), next: z.string().nullable() }),
    status: 201,
    refusals: { 'no-such-site': 404, 'site-has-stations': 409 },
    handle: async () => ok({ items: [], next: null }),
  }),
  openRoute({
    method: 'GET',
    path: '/v1/open',
    tag: 'open',
    summary: 'Open',
    who: 'public',
    handle: async () => ok(undefined),
  }),
  streamRoute({
    path: '/v1/live',
    tag: 'live',
    summary: 'Live',
    right: 'stations.read',
    open: async () => ok(undefined),
  }),
]

function page(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lataamo-texts-'))
  const texts = { platform: own, sites: { refusal: { 'no-such-site': 'There is no such site.' } } }
  fs.writeFileSync(path.join(folder, 'en.json'), JSON.stringify(texts))
  const made = apiPage(openApiOf(routes, '1.2.3'), openTexts(folder))
  fs.rmSync(folder, { recursive: true })
  return made.html
}

describe('the readable API page', () => {
  const text = page()

  it('shows each request with what it needs, takes, answers and refuses', () => {
    for (const part of ['id="postSitesById"', '/v1/sites/{id}', 'sites.write', 'name: string (1–200)', 'city?: string'])
      expect(text).toContain(part)
    expect(text).toContain('href="#problem-site-has-stations"')
    expect(text).toContain('Answer 201')
    expect(text).toContain('no sign-in')
    expect(text).toContain('server-sent events')
  })

  it('has an anchor with its text for every problem that a route or a feature knows', () => {
    for (const code of [...Object.keys(own.refusal), 'no-such-site', 'site-has-stations'])
      expect(text).toContain(`id="problem-${code}"`)
    expect(text).toContain('There is no such site.')
    for (const [, target] of text.matchAll(/href="#([^"]+)"/g)) expect(text).toContain(`id="${target}"`)
  })

  it('needs no script or style in place and escapes whatever it is given (attack 34)', () => {
    expect(text).not.toMatch(/<script|style=|<style|\son\w+=/)
    expect(text).not.toContain('<b>site')
    expect(text).toContain('&lt;b&gt;site')
  })

  it('lacks no word of its own', () => {
    expect(text).not.toMatch(/>(title|needs|parameters|convention\.\w+|problems-intro)</)
  })
})
