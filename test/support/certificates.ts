import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runOrFail } from './run.ts'
import { temporaryDirectory } from './temporary.ts'

/** PEM files. */
export interface Certificates {
  readonly authority: string
  readonly server: { readonly certificate: string; readonly key: string }
  readonly client: { readonly certificate: string; readonly key: string }
}

/**
 * Makes an authority that nobody knows, a server's certificate and a client's, good for two days.
 * @param names of the server, for example `localhost`
 */
export async function makeCertificates(names: readonly string[]): Promise<Certificates> {
  const directory = await temporaryDirectory()
  const authority = await make(directory, 'authority', ['basicConstraints=critical,CA:TRUE'])
  const alternatives = `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`
  return {
    authority: authority.certificate,
    server: await make(directory, 'server', ['basicConstraints=CA:FALSE', alternatives], authority),
    client: await make(
      directory,
      'client',
      ['basicConstraints=CA:FALSE', 'extendedKeyUsage=clientAuth'],
      authority,
    ),
  }
}

async function make(
  directory: string,
  name: string,
  extensions: readonly string[],
  authority?: { readonly certificate: string; readonly key: string },
): Promise<{ certificate: string; key: string }> {
  const [certificate, key] = [join(directory, `${name}.pem`), join(directory, `${name}.key`)]
  const request = join(directory, `${name}.cnf`)
  await writeFile(request, '[req]\ndistinguished_name = name\n[name]\n')
  await runOrFail('openssl', [
    ...['req', '-x509', '-config', request, '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
    ...['-nodes', '-keyout', key, '-out', certificate, '-days', '2', '-subj', `/CN=Chartroom tests ${name}`],
    ...extensions.flatMap((extension) => ['-addext', extension]),
    ...(authority === undefined ? [] : ['-CA', authority.certificate, '-CAkey', authority.key]),
  ])
  return { certificate, key }
}
