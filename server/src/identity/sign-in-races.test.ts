import { afterAll, beforeAll, expect, it } from 'vitest'
import { must } from '../platform/index.ts'
import { somebodyWaits, type TestGround, testGround } from '../platform/testing.ts'
import type { TestHttp } from '../platform/testing-http.ts'
import { hashPassword } from './passwords.ts'
import { makeSignIn, newSignIn } from './sign-ins.ts'
import { endSignInsOf } from './store-sign-ins.ts'
import { lockStaff, readStaff, setPasswordHash, updateStaff } from './store.ts'
import { identityHttp, makeNetwork, type TestNetwork } from './testing.ts'

const FORMER = 'kolme hauskaa hevosta'
const NEXT = 'neljä vakavaa lehmää'
let ground: TestGround
let http: TestHttp
let network: TestNetwork
beforeAll(async () => {
  ground = await testGround()
  http = await identityHttp(ground)
  network = await makeNetwork(http, 'rantatie')
})
afterAll(async () => {
  await http.close()
  await ground.close()
})

let people = 0
async function person() {
  people += 1
  const mail = `person${people}@example.com`
  const body = { name: 'Aino', role: 'operator', mail }
  const made = await http.call('POST /v1/staff', { key: network.key, body })
  const token = String(made.body['invitationUrl']).split('#')[1]
  const { cookie } = await http.call('POST /v1/sign-in/link', { body: { token } })
  await http.call('POST /v1/sign-in/password', { cookie, body: { password: FORMER } })
  return { id: String(made.body['id']), mail }
}

const signIn = (mail: string, password: string) =>
  http.call('POST /v1/sign-in', { body: { mail, password }, ip: `10.0.1.${people}` })
const isIn = async (cookie: string | undefined) => (await http.call('GET /v1/me', { cookie })).status === 200

/** Somebody else writes something of this person, and `work` comes upon that before it is committed. */
async function whileChanging<T>(
  change: (tx: Parameters<typeof readStaff>[0]) => Promise<void>,
  work: () => Promise<T>,
) {
  const { working } = await ground.database.inTenant(network.id, async (tx) => {
    await change(tx)
    const working = work()
    await somebodyWaits(ground, working)
    return { working }
  })
  return working
}

it('a sign-in by a password that is replaced meanwhile opens nothing', async () => {
  const { id, mail } = await person()
  const hash = await hashPassword(NEXT)
  const signed = await whileChanging(
    async (tx) => {
      await setPasswordHash(tx, id, hash)
      await endSignInsOf(tx, id, { at: ground.clock.now() })
    },
    () => signIn(mail, FORMER),
  )
  expect(await isIn(signed.cookie)).toBe(false)
  expect(signed.status).toBe(401)
  expect((await signIn(mail, NEXT)).status).toBe(200)
})

it('a sign-in of somebody who is disabled meanwhile opens nothing, also once they may come again', async () => {
  const { id, mail } = await person()
  const disabled = must(await ground.database.inTenant(network.id, (tx) => readStaff(tx, id)), 'person')
  const signed = await whileChanging(
    async (tx) => {
      await updateStaff(tx, { ...disabled, status: 'disabled' })
      await endSignInsOf(tx, id, { at: ground.clock.now() })
    },
    () => signIn(mail, FORMER),
  )
  expect(signed.status).toBe(401)
  await http.call(`PATCH /v1/staff/${id}`, { key: network.key, body: { status: 'active' } })
  expect(await isIn(signed.cookie)).toBe(false)
})

it('whoever knew the former password cannot set one over that which the person sets meanwhile', async () => {
  const { id, mail } = await person()
  const { cookie } = await signIn(mail, FORMER)
  const hash = await hashPassword(NEXT)
  const set = await whileChanging(
    async (tx) => {
      await setPasswordHash(tx, id, hash)
      await endSignInsOf(tx, id, { at: ground.clock.now() })
    },
    () =>
      http.call('POST /v1/sign-in/password', { cookie, body: { current: FORMER, password: 'viisi mustaa lammasta' } }),
  )
  expect(set.status).toBe(401)
  expect((await signIn(mail, NEXT)).status).toBe(200)
})

it('a link that is being followed while its person is signed out everywhere opens nothing that stays', async () => {
  const { id } = await person()
  const made = await http.call(`POST /v1/staff/${id}/sign-in-link`, { key: network.key })
  const token = String(made.body['invitationUrl']).split('#')[1]
  const followed = await whileChanging(
    async (tx) => {
      await lockStaff(tx, id)
      await endSignInsOf(tx, id, { at: ground.clock.now() })
    },
    () => http.call('POST /v1/sign-in/link', { body: { token } }),
  )
  expect(followed.status).toBe(401)
})

it('who is signed out everywhere while a sign-in of theirs is on its way is out', async () => {
  const { id, mail } = await person()
  let cookie: string | undefined
  const left = await whileChanging(
    async (tx) => {
      await lockStaff(tx, id)
      const session = newSignIn('session', ground.clock.now(), 'password')
      await makeSignIn(ground, tx, session, id)
      cookie = `lataamo=${session.token}`
    },
    () => http.call(`POST /v1/staff/${id}/sign-out`, { key: network.key }),
  )
  expect(left.status).toBe(204)
  expect(await isIn(cookie)).toBe(false)
  const again = await signIn(mail, FORMER)
  expect(await isIn(again.cookie)).toBe(true)
})
