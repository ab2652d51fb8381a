import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { anyPort } from './ports.ts'
import { startServerProgram } from './server.ts'
import { temporaryDirectory } from './temporary.ts'

export interface NginxOptions {
  /** What stands in the `server` block besides where it listens. */
  readonly server: string
  /** PEM files; without them it speaks plain HTTP. */
  readonly tls?: { readonly certificate: string; readonly key: string }
}

/**
 * Starts the program `nginx` on a free loopback port.
 * @returns `localhost:PORT`
 */
export async function startNginx({ server, tls }: NginxOptions): Promise<string> {
  const port = await anyPort()
  const directory = await temporaryDirectory()
  const configuration = join(directory, 'nginx.conf')
  await mkdir(join(directory, 'tmp'))
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory}/tmp/${name};`,
  )
  const secure =
    tls === undefined ? '' : `ssl_certificate ${tls.certificate}; ssl_certificate_key ${tls.key};`
  await writeFile(
    configuration,
    `daemon off; pid ${directory}/nginx.pid; error_log stderr notice; worker_processes 1;
${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http {
  access_log off; client_max_body_size 0; ${places.join(' ')}
  server { listen 127.0.0.1:${port}${tls === undefined ? '' : ' ssl'}; ${secure}
    ${server}
  }
}
`,
  )
  // Debian has it where only root looks for programs.
  const command = '/usr/sbin/nginx'
  const args = ['-e', 'stderr', '-p', directory, '-c', configuration]
  await startServerProgram({ command, debian: 'nginx', args, ready: /start worker process / })
  return `localhost:${port}`
}
