import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig, secretOf, settings } from './config.ts'

describe('settings', () => {
  it('are all optional, and say when nothing of ours was set', () => {
    const config = readConfig({ PATH: '/bin', HOME: '/home/somebody' })
    expect(config).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 8080,
      ROLES: ['gateway', 'api', 'worker'],
      OPS_PORT: 9464,
      bare: true,
    })
    expect(readConfig({ LATAAMO_PLATFORM_KEY: 'sixteen characters' }).bare).toBe(false)
    expect(readConfig({ DATA_DIR: '/tmp/somewhere', PORT: '9000' }).bare).toBe(true)
  })

  it.each([
    ['HOST', '0.0.0.0'],
    ['PORT', '9000'],
    ['OPS_PORT', '9001'],
    ['DATA_DIR', '/tmp/somewhere'],
    ['LOG_LEVEL', 'info'],
    ['PUBLIC_URL', 'https://charge.example.com'],
    ['ROLES', 'gateway'],
    ['TRUSTED_PROXIES', '10.0.0.5'],
    ['STATION_MESSAGES_PER_SECOND', '5'],
    ['LATAAMO_SECRET', 'sixteen characters'],
  ])('say of %s whether a first start with it makes a demo', (name, text) => {
    expect(settings.DEMO.otherwise.includes(`\`${name}\``)).toBe(readConfig({ [name]: text }).bare)
  })

  it.each([
    ['PORT', 'eighty', 'PORT is "eighty": set a whole number from 1 to 65535.'],
    ['PORT', '70000', 'PORT is "70000": set a whole number from 1 to 65535.'],
    // Addresses that are printed and handed out name the port.
    ['PORT', '0', 'PORT is "0": set a whole number from 1 to 65535.'],
    ['ROLES', 'gateway,cook', 'ROLES names "cook": set a list of gateway, api, worker.'],
    ['DEMO', 'perhaps', 'DEMO is "perhaps": set one of on, off.'],
    [
      'PUBLIC_URL',
      'charge.example.com',
      'PUBLIC_URL is "charge.example.com": set an address such as https://charge.example.com.',
    ],
    [
      'PUBLIC_URL',
      'https://example.com/charge/',
      'PUBLIC_URL is "https://example.com/charge/": Lataamo answers at the root of a host of its own; set https://example.com.',
    ],
    [
      'DATABASE_URL',
      'mysql://x',
      'DATABASE_URL is no PostgreSQL address: set one such as postgres://user:password@host:5432/lataamo.',
    ],
    [
      'TRUSTED_PROXIES',
      '10.0.0.0/8, proxy.example.com',
      'TRUSTED_PROXIES names "proxy.example.com": set addresses such as 10.0.0.5 or 10.0.0.0/8, separated by commas.',
    ],
    [
      'TRUSTED_PROXIES',
      '10.0.0.0/33',
      'TRUSTED_PROXIES names "10.0.0.0/33": set addresses such as 10.0.0.5 or 10.0.0.0/8, separated by commas.',
    ],
    ['LATAAMO_SECRET', 'short', 'LATAAMO_SECRET is too short: set at least 16 characters, best made at random.'],
    [
      'LATAAMO_SECERT',
      'x',
      'LATAAMO_SECERT is not a setting of Lataamo (did you mean LATAAMO_SECRET?). docs/settings.md lists them all.',
    ],
    [
      'TLS_PORT',
      '8443',
      'TLS_PORT is set, but TLS is not built yet: put a proxy that ends TLS in front, and leave TLS_PORT out.',
    ],
    ['OPS_PORT', '8080', 'OPS_PORT is 8080, and so is PORT: metrics need a port of their own.'],
    [
      'DATABASE_OWNER_URL',
      'postgres://o@h/d',
      'DATABASE_OWNER_URL is set without DATABASE_URL: set both, or neither for the embedded PostgreSQL.',
    ],
  ])('that are wrong are told in one sentence that names them: %s=%s', (name, value, sentence) => {
    expect(() => readConfig({ [name]: value })).toThrow(sentence)
  })

  it('take proxies one by one or by their network', () => {
    const { TRUSTED_PROXIES } = readConfig({ TRUSTED_PROXIES: '10.0.0.5, 192.168.0.0/16,fd00::/8, ::1' })
    expect(TRUSTED_PROXIES).toEqual(['10.0.0.5', '192.168.0.0/16', 'fd00::/8', '::1'])
  })

  it('each say what they are for', () => {
    for (const [name, setting] of Object.entries(settings)) expect(setting.about.length, name).toBeGreaterThan(10)
  })
})

describe('a secret of the installation', () => {
  it('is made once, readable by its owner only, and found again', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lataamo-config-'))
    const config = readConfig({ DATA_DIR: folder })
    let made = 0
    const make = (): string => `secret ${(made += 1)}`
    expect(secretOf(config, 'LATAAMO_SECRET', make)).toBe('secret 1')
    expect(secretOf(config, 'LATAAMO_SECRET', make)).toBe('secret 1')
    expect(fs.statSync(path.join(folder, 'secret')).mode & 0o777).toBe(0o600)
    fs.rmSync(folder, { recursive: true })
  })

  it.each([
    ['LATAAMO_SECRET', 'secret'],
    ['LATAAMO_PLATFORM_KEY', 'platform-key'],
  ] as const)('whose file is empty is none: %s', (name, file) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lataamo-config-'))
    const config = readConfig({ DATA_DIR: folder })
    fs.writeFileSync(path.join(folder, file), '\n')
    expect(() => secretOf(config, name, () => 'never')).toThrow(
      `${path.join(folder, file)} is empty: bring it back from your copy, or set ${name} as it was; remove the file only where nothing was kept under it.`,
    )
    fs.rmSync(folder, { recursive: true })
  })
})
