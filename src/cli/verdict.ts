import { hexOf, type ChartVerdict } from '../core/index.ts'
import { chartFields } from './chartOutput.ts'

/** What was found out about one chart, for people. */
export function verdictLines(verdict: ChartVerdict): string[] {
  const { reference, digest, manifestDigest, provenance, message, signedBy, fingerprint } = verdict
  return [
    `ref:       ${reference}`,
    `digest:    ${hexOf(digest)}`,
    `manifest:  ${hexOf(manifestDigest)}`,
    ...(signedBy === undefined ? [] : [`signed by: ${signedBy}`]),
    ...(fingerprint === undefined ? [] : [`key:       ${fingerprint}`]),
    message,
    ...(provenance === 'signed' ? [`Run: chartroom chart verify ${reference} --keyring FILE`] : []),
  ]
}

/** The same for programs. */
export function verdictFields(verdict: ChartVerdict): Record<string, unknown> {
  const { provenance, message, signedBy, fingerprint } = verdict
  return { ...chartFields(verdict), provenance, message, signedBy, fingerprint }
}
