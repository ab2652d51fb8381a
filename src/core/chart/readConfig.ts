import { ChartroomError } from '../base/errors.ts'
import { formatSize } from '../base/humanize.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import type { Content } from '../oci/target.ts'
import { readVerified } from '../oci/verify.ts'
import { decodeConfig } from './configBlob.ts'
import { maxConfigSize } from './limits.ts'
import type { Metadata } from './metadata.ts'
import { problemOfMetadata } from './validateMetadata.ts'

/**
 * Reads the config blob of a chart, wherever it lies, verified and within its limit.
 *
 * @param what names the chart in errors, for example the reference
 * @throws ChartroomError `too-large`, before anything is opened; `integrity`; `invalid-chart` where it is not the metadata of a
 *   chart that Helm accepts; what opening throws
 */
export async function readConfig(open: Content, config: Descriptor, what: string): Promise<Metadata> {
  checkConfigSize(config, what)
  return validConfig(await readVerified(await open(), config, `The config of ${what}`), what)
}

/** @throws ChartroomError `too-large` where a config is not read */
export function checkConfigSize({ size }: Descriptor, what: string): void {
  if (size <= maxConfigSize) return
  throw new ChartroomError('too-large', {
    message: `The config of ${what} has ${formatSize(size)}; more than ${formatSize(maxConfigSize)} are not read.`,
    expected: maxConfigSize,
    actual: size,
  })
}

/** @throws ChartroomError `integrity`; `invalid-chart` where it is not the metadata of a chart that Helm accepts */
export function validConfig(bytes: Buffer, what: string): Metadata {
  const metadata = decodeConfig(bytes, what)
  const wrong = problemOfMetadata(metadata)
  if (wrong === undefined) return metadata
  throw new ChartroomError('invalid-chart', { message: `The config of ${what}: ${wrong.problem}.` })
}
