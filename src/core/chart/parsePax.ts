import { ChartroomError } from '../base/errors.ts'

/** What an extended header may change about the file behind it. Times, owners and attributes do not matter here. */
export interface PaxRecords {
  readonly path?: string
  readonly size?: number
}

/**
 * Reads the records of a pax extended header, each `LENGTH KEY=VALUE\n`. They are read by their length, because a value
 * may hold line breaks; a reader that splits lines sees other files in the same archive.
 *
 * @param what names the archive in errors
 * @throws ChartroomError `integrity`, `archive-unsafe`
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_03
 */
export function parsePax(bytes: Buffer, what: string): PaxRecords {
  let records: PaxRecords = {}
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(' ', at)
    const digits = bytes.subarray(at, Math.max(space, at)).toString('latin1')
    const end = at + Number(digits)
    if (!/^[1-9]\d{0,8}$/.test(digits) || end > bytes.length || bytes[end - 1] !== 0x0a) throw bad(what)
    const record = bytes.subarray(space + 1, end - 1).toString()
    const equals = record.indexOf('=')
    if (equals <= 0) throw bad(what)
    records = { ...records, ...known(record.slice(0, equals), record.slice(equals + 1), what) }
    at = end
  }
  return records
}

function known(key: string, value: string, what: string): PaxRecords {
  if (key === 'path') return { path: value }
  if (key === 'size') {
    if (!/^\d{1,15}$/.test(value)) throw bad(what)
    return { size: Number(value) }
  }
  if (key.startsWith('GNU.sparse.')) {
    throw new ChartroomError('archive-unsafe', {
      message: `${what} is not safe to unpack: it holds a sparse file, which readers understand in different ways.`,
    })
  }
  return {}
}

function bad(what: string): ChartroomError {
  return new ChartroomError('integrity', {
    message: `${what} is damaged: an extended header cannot be read.`,
  })
}
