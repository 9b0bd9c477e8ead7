import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTexts } from '../platform/index.ts'
import { type TestGround, testGround } from '../platform/testing.ts'
import { type TestHttp, testHttp } from '../platform/testing-http.ts'
import { openAuthenticate } from './authenticate.ts'
import { identityRoutes } from './http.ts'
import { makeNetwork, PLATFORM_KEY, type TestNetwork } from './testing.ts'

let ground: TestGround
let http: TestHttp
let network: TestNetwork
const page = '<!doctype html>\n<html lang="en">\n<body></body></html>'

beforeAll(async () => {
  ground = await testGround()
  const texts = openTexts('languages')
  const installation = { version: 'x', demo: () => false, languages: () => texts.languages }
  const authenticate = openAuthenticate(ground, PLATFORM_KEY)
  http = await testHttp(ground, identityRoutes({ ground, installation }), authenticate, { texts, page: () => page })
  network = await makeNetwork(http, 'rantatie')
})
afterAll(async () => {
  await http.close()
  await ground.close()
})

const inFinnish = { 'accept-language': 'fi-FI,fi;q=0.9,en;q=0.5' }
const inSwedish = { 'accept-language': 'sv-SE' }
const nobody = '01890000-0000-7000-8000-000000000001'
const told = (answer: { readonly body: Record<string, unknown> }) => answer.body['detail']
const finnish = 'Tällaista henkilöä ei ole täällä. Katso henkilöiden luettelo.'
const english = 'There is no such person here. Look at the list of people.'

async function cookieOf(mail: string, body: object = {}) {
  const person = { name: 'Aino', role: 'administrator', mail, ...body }
  const made = await http.call('POST /v1/staff', { key: network.key, body: person })
  const token = String(made.body['invitationUrl']).split('#')[1]
  return (await http.call('POST /v1/sign-in/link', { body: { token } })).cookie
}

describe('a refusal is told in the language (GEN-L10N)', () => {
  const missing = `GET /v1/staff/${nobody}` as const

  it('that a program asks for, in English when it asks for none that there is', async () => {
    const { key } = network
    expect(told(await http.call(missing, { key, headers: inFinnish }))).toBe(finnish)
    expect(told(await http.call(missing, { key, headers: inSwedish }))).toBe(english)
    expect(told(await http.call(missing, { key }))).toBe(english)
  })

  it('of the browser while nobody is signed in', async () => {
    expect(told(await http.call('GET /v1/staff', { headers: inFinnish }))).toMatch(/^Et ole kirjautunut/)
    const fields = await http.call('POST /v1/sign-in', { headers: inFinnish, body: {} })
    expect(fields.body['errors']).toContainEqual({ pointer: '/mail', code: 'missing', message: 'Tämä tarvitaan.' })
  })

  it('that a person chose for themselves, whatever the browser, until they take it back', async () => {
    const cookie = await cookieOf('chooses@example.com')
    const choose = (language: string | null) => http.call('POST /v1/me/language', { cookie, body: { language } })
    const language = async () =>
      ((await http.call('GET /v1/me', { cookie })).body['staff'] as { language: string }).language
    expect(await language()).toBeNull()
    expect(told(await http.call(missing, { cookie, headers: inFinnish }))).toBe(finnish)
    expect((await choose('en')).status).toBe(204)
    expect(await language()).toBe('en')
    expect(told(await http.call(missing, { cookie, headers: inFinnish }))).toBe(english)
    await choose('fi')
    expect(told(await http.call(missing, { cookie }))).toBe(finnish)
    await choose(null)
    expect(told(await http.call(missing, { cookie }))).toBe(english)
  })

  it('that an administrator gave with the invitation', async () => {
    const cookie = await cookieOf('given@example.com', { language: 'fi' })
    expect(told(await http.call(missing, { cookie }))).toBe(finnish)
  })

  it('is chosen by people only, and must be a language', async () => {
    const body = { language: 'fi' }
    expect((await http.call('POST /v1/me/language', { key: network.key, body })).body['code']).toBe('not-allowed')
    expect((await http.call('POST /v1/me/language', { body })).body['code']).toBe('not-signed-in')
    const cookie = await cookieOf('wrong@example.com')
    const wrong = await http.call('POST /v1/me/language', { cookie, body: { language: 'no language!' } })
    expect(wrong.body['errors']).toMatchObject([{ pointer: '/language', code: 'not-a-language' }])
  })
})

describe('the page', () => {
  it('says its language before a script runs, and which others there are', async () => {
    const shown = await http.call('GET /s/123456', { headers: inFinnish })
    expect(shown.text).toContain('<html lang="fi" data-languages="en fi">')
    expect(shown.headers['vary']).toContain('accept-language')
    expect((await http.call('GET /map', { headers: inSwedish })).text).toContain(
      '<html lang="en" data-languages="en fi">',
    )
  })

  it('and the installation name the same languages', async () => {
    expect((await http.call('GET /v1/installation')).body['languages']).toEqual(['en', 'fi'])
  })
})
