import path from 'node:path'
import { type ProvenRow, provenRows } from './behaviour-proofs.ts'
import { keepFile } from './keep-file.ts'

// docs/behaviours.md: what stations do, what the platform does then, and which test shows it; from the table the tests run by.

const titles: Readonly<Record<string, string>> = {
  'ocpp.md 1': 'Connecting',
  'ocpp.md 2': 'Message frames',
  'ocpp.md 3': 'Messages',
  'ocpp.md 4': 'Payloads',
  'ocpp.md 6': 'Meter data that does not arrive',
  'ocpp-semantics.md 1': 'Boot and acceptance',
  'ocpp-semantics.md 2': 'Transactions',
  'ocpp-semantics.md 3': 'Authorisation and remote start',
  'ocpp-semantics.md 4': 'Availability',
  'ocpp-semantics.md 5': 'Metering',
  'ocpp-semantics.md 7': 'Configuration and device model',
  'ocpp-semantics.md 8': 'Security operations',
  'ocpp-semantics.md 9': 'Vectors for connection code',
  'trust.md 2': 'Attacks by stations',
}

const link = (file: string): string => `[${path.basename(file, '.test.ts')}](../${file})`

function lineOf({ says, versions, files, shown = [] }: ProvenRow): string {
  const shownIn = [...new Set([...files, ...shown.map(([file]) => file)])]
  return `| ${says.replaceAll('|', '\\|')} | ${versions.map((version) => version.replace('ocpp', '')).join(', ')} | ${shownIn.map(link).join(', ')} |`
}

const rows = provenRows()
const sections = Object.keys(titles).filter((section) => rows.some((row) => row.section === section))
const unnamed = rows.filter(({ section }) => titles[section] === undefined)
if (unnamed.length > 0) throw new Error(`no title for ${unnamed.map(({ section }) => section).join(', ')}`)

const tables = sections.map(
  (section) => `## ${titles[section]} (${section})

| what happens, and what comes of it | versions | shown by |
|---|---|---|
${rows
  .filter((row) => row.section === section)
  .map(lineOf)
  .join('\n')}
`,
)

keepFile(
  'docs/behaviours.md',
  `# How stations behave, and what Lataamo does then

Made by \`tools/print-behaviours.ts\` from \`e2e/behaviours/table.ts\`; do not edit.

The places where central systems go wrong, by the sections of the project's OCPP sheets, in ${rows.length} rows. Each row is a test in each of its versions, and the tests are made
from these very rows: over a real socket, with the whole server and a real PostgreSQL behind it. A further test named beside shows the same closer to its cause.

${tables.join('\n')}`,
)
