import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** Shorter texts are kept as they are: what packing spares is less than what it costs. */
const WORTH_PACKING = 4_096
/** What a station says within a second is much alike: the quickest level takes most of it. */
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
/** RFC 8878, 3.1.1; a JSON text never begins so. */
const MAGIC = Buffer.of(0x28, 0xb5, 0x2f, 0xfd)

/** The text of a log row before it is sealed: sealed bytes cannot be packed any more. */
export function packed(text: Buffer): Buffer {
  return text.length < WORTH_PACKING ? text : zstdCompressSync(text, OPTIONS)
}

export function unpacked(bytes: Buffer): string {
  const isPacked = bytes.subarray(0, MAGIC.length).equals(MAGIC)
  return (isPacked ? zstdDecompressSync(bytes) : bytes).toString()
}
