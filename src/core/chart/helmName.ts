import type { ChartFormat } from './mediaTypes.ts'

/**
 * Whether every Helm from 3.0 to 3.6 lists a chart under this very name. One entry that Helm cannot read makes its
 * `chart list` fail for the whole cache, so only entries that pass may be named in the way Helm looks for.
 *
 * Helm takes a number after the first colon for a port, knows one layer of one media type, and up to 3.2 refuses a
 * port after anything that cannot be a URL scheme, such as `127.0.0.1`.
 *
 * @param name the full reference, for example `localhost:5000/myrepo/mychart:2.7.0`
 * @param layers number of layers of the manifest
 * @see Helm 3.6.3 internal/experimental/registry/reference.go and cache.go FetchReference
 */
export function helmReads(name: string, format: ChartFormat, layers: number): boolean {
  if (breaksHelm(name, format, layers)) return false
  const parts = joinPort(name.split(':'))
  const tag = parts.length > 1 ? parts.at(-1) : undefined
  if (tag === undefined || tag === '') return false
  const repository = parts.slice(0, -1).join(':')
  // The tag must be what stands after the last colon; otherwise Helm sees another chart than Chartroom.
  return !tag.includes('/') && readable.test(repository) && `${repository}:${tag}` === name
}

/**
 * Whether no Helm from 3.0 to 3.6 can list anything in a cache with a chart under this very name where Helm looks for names:
 * the layer or the number of layers is one that it does not know, or there are more colons than it takes apart.
 */
export function breaksHelm(name: string, format: ChartFormat, layers: number): boolean {
  return format !== 'legacy' || layers !== 1 || joinPort(name.split(':')).length > 3
}

/** Puts the first two parts together where Helm takes the second for a port. */
function joinPort(parts: readonly string[]): readonly string[] {
  const [host, second, ...rest] = parts
  if (host === undefined || second === undefined) return parts
  const possiblePort = second.split('/', 1)[0] ?? ''
  return /^[+-]?\d+$/.test(possiblePort) && Number.isSafeInteger(Number(possiblePort))
    ? [`${host}:${second}`, ...rest]
    : parts
}

const port = String.raw`(?:0|[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])`

/** What both Go's URL parser and Helm's port check take: with a port, the host must look like a URL scheme. */
const readable = new RegExp(
  String.raw`^(?:[A-Za-z][A-Za-z0-9.+-]*:${port}(?:/[A-Za-z0-9._/+-]*)?|[A-Za-z0-9._/+-]+)$`,
)
