import type { Context } from '../context.ts'
import { logout as logOut } from '../../core/index.ts'

export async function logout(
  host: string,
  { registries, credentials, print, options }: Context,
): Promise<number> {
  const result = await logOut(registries, credentials, host, options)
  print.lines('Logout succeeded')
  print.data(result)
  for (const place of result.remaining) {
    print.warning(`${place} still has a login for ${result.host}, and it will be used.`)
  }
  return 0
}
