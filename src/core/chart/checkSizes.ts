import { ChartroomError } from '../base/errors.ts'
import { formatSize } from '../base/humanize.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import { isIndex, parseManifest, type RawManifest } from '../oci/manifest.ts'
import { readChartManifest } from './chartManifest.ts'
import { maxConfigSize, maxLayers, maxProvenanceSize, type Limits } from './limits.ts'

/**
 * Checks what a manifest announces before any of it is fetched, so that a registry cannot fill the disk.
 *
 * @param what names the manifest in errors, for example the reference
 * @throws ChartroomError `too-large`, `not-a-chart`
 */
export function checkSizes(raw: RawManifest, limits: Limits, what: string): void {
  const { config, provenance } = readChartManifest(raw, what)
  const manifest = parseManifest(raw, what)
  const layers = isIndex(manifest) ? [] : manifest.layers
  if (layers.length > maxLayers) {
    throw new ChartroomError('not-a-chart', {
      message: `${what} is not a Helm chart: it has ${layers.length} layers, and charts have one or two.`,
    })
  }
  requireAtMost(maxConfigSize, 'config', config, what)
  if (provenance !== undefined) requireAtMost(maxProvenanceSize, 'provenance', provenance, what)
  // An archive is not larger than what is in it, and together no layers may be larger than the largest chart.
  const size = layers.reduce((sum, layer) => sum + layer.size, 0)
  requireAtMost(limits.unpacked, 'content', { size }, what)
}

function requireAtMost(limit: number, part: string, { size }: Pick<Descriptor, 'size'>, what: string): void {
  if (size <= limit) return
  throw new ChartroomError('too-large', {
    message: `The ${part} of ${what} has ${formatSize(size)}; the limit is ${formatSize(limit)}. Nothing was fetched.`,
    advice:
      part === 'content'
        ? 'If you trust the chart, raise the limit for unpacked charts.'
        : 'Ask whoever pushed it.',
    ...(part === 'content' ? { limit: 'unpacked' } : {}),
    expected: limit,
    actual: size,
  })
}
