import { createRequire } from 'node:module'

/** As `ajv-formats` exports it; its own types and nodenext disagree about it. */
const { fullFormats } = createRequire(import.meta.url)('ajv-formats/dist/formats') as {
  readonly fullFormats: { readonly 'date-time': { validate(text: string): boolean } }
}

/** What nearly all stations send: UTC, no leap second, and a day that every month has. */
const USUAL = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z$/

/** The format `date-time` of the schemas (RFC 3339): the usual is seen at a glance, all else is looked at part by part. */
export const dateTime = {
  validate: (text: string): boolean => USUAL.test(text) || fullFormats['date-time'].validate(text),
}
