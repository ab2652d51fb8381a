import {
  formatSize,
  hexOf,
  kindOf,
  parseReference,
  tagOrDigest,
  type CachedChart,
  type LocatedChart,
  type SoundChart,
} from '../core/index.ts'

/** The guide's summary of a chart. */
export function summary({ reference, digest, size, name, version }: SoundChart): string[] {
  return [
    `ref:     ${reference}`,
    `digest:  ${hexOf(digest)}`,
    `size:    ${formatSize(size)}`,
    `name:    ${name}`,
    `version: ${version}`,
  ]
}

/** What the guide's last lines call a chart: its tag. Works for names in an index that are no references, too. */
export function tagOf(reference: string): string {
  try {
    return tagOrDigest(parseReference(reference))
  } catch (error) {
    if (kindOf(error) !== 'invalid-reference') throw error
    return reference.slice(reference.lastIndexOf(':') + 1)
  }
}

/** The fields of a chart that programs may rely on. */
export function chartFields(chart: CachedChart | LocatedChart): Record<string, unknown> {
  if ('problem' in chart && chart.problem !== undefined) {
    const { reference, manifestDigest, problem } = chart
    return { reference, manifestDigest, problem: { kind: problem.kind, message: problem.message } }
  }
  const { reference, name, version, appVersion, description, deprecated } = chart
  const { digest, manifestDigest, size, created, format } = chart
  return {
    reference,
    name,
    version,
    appVersion,
    description,
    deprecated,
    digest,
    manifestDigest,
    size,
    created,
    format,
  }
}
