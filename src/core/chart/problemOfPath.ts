/** Longer paths, in bytes, and deeper ones are refused: nothing honest has them, and file systems break on them. */
const maxPathLength = 1024
const maxDepth = 32
const maxNameLength = 255

/**
 * What makes a path inside a chart unsafe or unreadable for Helm; `undefined` where it is fine. Nothing is repaired: a
 * path that means another place is refused as a whole.
 *
 * @param path relative to the chart, with `/`
 * @see Helm 3.6.3 pkg/chart/loader/archive.go; CVE-2019-18658, CVE-2025-53547 for what such paths are good for
 */
export function problemOfPath(
  path: string,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const parts = path.split('/')
  if (ordinary.test(path)) return platform === 'win32' ? problemOnWindows(parts) : undefined
  if (path === '') return 'has an empty name'
  if (path.startsWith('/')) return 'is an absolute path'
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'has control characters in its name'
  if (/[\u202a-\u202e\u2066-\u2069]/.test(path))
    return 'has characters in its name that turn the direction of text'
  if (path.includes('\ufffd')) return 'has a name that is not UTF-8'
  if (path.includes('\\')) return 'has a backslash in its name'
  if (parts.includes('..')) return 'leads out of the chart'
  if (path.startsWith('..')) return 'starts with two dots, which Helm refuses'
  if (parts.includes('.') || parts.includes('')) return 'is not a plain path'
  if (/^[A-Za-z]:/.test(path)) return 'names a drive'
  if (Buffer.byteLength(path) > maxPathLength) return `is longer than ${maxPathLength} bytes`
  if (parts.some((part) => Buffer.byteLength(part) > maxNameLength)) {
    return `has a name of more than ${maxNameLength} bytes`
  }
  if (parts.length > maxDepth) return `is more than ${maxDepth} folders deep`
  return platform === 'win32' ? problemOnWindows(parts) : undefined
}

/** Nothing of what is refused can be in such a path. Nearly all are like this, and looking once is enough for them. */
const ordinary = /^(?:[\w-][\w.-]{0,99}\/){0,9}[\w-][\w.-]{0,99}$/

function problemOnWindows(parts: readonly string[]): string | undefined {
  if (parts.some((part) => /[<>:"|?*]/.test(part))) return 'has a character in its name that Windows refuses'
  if (parts.some((part) => /[. ]$/.test(part))) return 'ends with a dot or a space, which Windows drops'
  if (parts.some((part) => /^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.|$)/i.test(part))) {
    return 'has a name that Windows keeps for devices'
  }
  return undefined
}
