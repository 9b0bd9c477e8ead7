import { describeApi } from './app.ts'

// Prints the OpenAPI document without starting anything: `node server/src/openapi-document.ts`.
process.stdout.write(`${JSON.stringify(describeApi(), null, 2)}\n`)
