import { drawMachine, listTransitions } from '../server/src/sessions/rules/index.ts'
import { keepFile } from './keep-file.ts'

// docs/session-machine.md: the session's states and how they follow each other, drawn from the machine's own table.

keepFile(
  'docs/session-machine.md',
  `# The session's machine

Made by \`tools/print-machine.ts\` from \`server/src/sessions/rules/machine.ts\`; do not edit.

One machine for every way a session begins and every version of OCPP. It is pure: a session, a fact and its time go in; the new
session, what changed, and what must be done come out.

\`\`\`mermaid
${drawMachine()}
\`\`\`

Reports may come twice, late, or in the wrong order. Each row below is one kind of fact in some states; under "out of order also"
stand the states that only a late or reversed report leads to.

${listTransitions()}
`,
)
