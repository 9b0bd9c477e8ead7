import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { beginAfresh } from './begin-afresh.ts'

it('is typed as it stands, whatever the folder is called', () => {
  expect(beginAfresh(['/srv/lataamo/data', '/var/lib/lataamo/data-1'], false, '/srv/lataamo')).toBe(
    'stop (Ctrl-C), then: rm -rf data /var/lib/lataamo/data-1',
  )
  for (const folder of ['/srv/my data', "/srv/it's ä; $(date)", '/srv/a*']) {
    const words = beginAfresh([folder], false, '/home').split('rm -rf ')[1] ?? ''
    expect(spawnSync('sh', ['-c', `printf '%s|' ${words}`], { encoding: 'utf8' }).stdout).toBe(`${folder}|`)
  }
})

it('names an outside database, which nobody could read without the secret in the folder', () => {
  expect(beginAfresh(['/srv/data'], true, '/srv')).toBe(
    'stop (Ctrl-C), make the database of DATABASE_URL anew, empty, then: rm -rf data',
  )
})
