import fs from 'node:fs'
import path from 'node:path'
import { allRights, roleNames, roles, rightsTable } from '../server/src/rights/index.ts'

// `node tools/print-rights.ts` writes docs/rights.md from the table that decides; `--check` says whether it is up to date.

const FILE = path.join(import.meta.dirname, '..', 'docs', 'rights.md')

const SCOPES = { site: 'sites of the grant', tenant: 'whole network only', any: 'everywhere' } as const

function page(): string {
  const head = `| right | allows to | holds at | ${roleNames.join(' | ')} |`
  const line = `|---|---|---|${roleNames.map(() => ':-:|').join('')}`
  const rows = allRights.map((right) => {
    const { about, scope } = rightsTable[right]
    const marks = roleNames.map((role) => ((roles[role].rights as readonly string[]).includes(right) ? 'yes' : ''))
    return `| \`${right}\` | ${about} | ${SCOPES[scope]} | ${marks.join(' | ')} |`
  })
  return [
    '# Rights and roles',
    '',
    'Made by `node tools/print-rights.ts` from `server/src/rights/rights.ts`. Do not edit.',
    '',
    'A person or a machine key holds one role, for all sites of its network or for named ones. Rights marked "whole network only" are not',
    'carried by a grant for named sites. Nobody grants more than they hold.',
    '',
    ...roleNames.map((role) => `- **${role}**: ${roles[role].about}.`),
    '',
    head,
    line,
    ...rows,
    '',
  ].join('\n')
}

const current = fs.existsSync(FILE) ? fs.readFileSync(FILE, 'utf8') : ''
if (!process.argv.includes('--check')) fs.writeFileSync(FILE, page())
else if (current !== page()) {
  console.error('docs/rights.md is out of date: run node tools/print-rights.ts')
  process.exitCode = 1
}
