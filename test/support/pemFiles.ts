import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryDirectory } from './temporary.ts'

/** Writes a certificate and its key into files of their own. */
export async function pemFiles({
  cert,
  key,
}: {
  readonly cert: string
  readonly key: string
}): Promise<{ readonly certificate: string; readonly key: string }> {
  const directory = await temporaryDirectory()
  const files = { certificate: join(directory, 'certificate.pem'), key: join(directory, 'key.pem') }
  await writeFile(files.certificate, cert)
  await writeFile(files.key, key)
  return files
}
