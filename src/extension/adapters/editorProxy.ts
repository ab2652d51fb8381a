import { workspace } from 'vscode'

/** The variables that name proxies, in the order in which the editor asks them for HTTPS. */
const variables = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'] as const

/**
 * What is set for the editor's way through proxies, which every request here takes, as a phrase without user names and
 * passwords.
 */
export function editorProxy(): { readonly summary: string; readonly isSet: boolean } {
  const settings = workspace.getConfiguration('http')
  const support = settings.get<string>('proxySupport', 'override')
  if (support === 'off') return { summary: 'none: http.proxySupport is off', isSet: false }
  const set = settings.get<string>('proxy', '')
  const exceptions = settings.get<readonly string[]>('noProxy', []).length
  const variable = variables.find((name) => (process.env[name] ?? '') !== '')
  const named =
    set !== ''
      ? `${hostIn(set)}, from http.proxy`
      : variable === undefined
        ? 'none but what the system has'
        : `${hostIn(process.env[variable] ?? '')}, from ${variable}`
  const spared = exceptions === 0 ? '' : `; http.noProxy has ${exceptions}`
  return { summary: `the editor's own: ${named} (http.proxySupport ${support}${spared})`, isSet: true }
}

function hostIn(address: string): string {
  return URL.canParse(address) && new URL(address).host !== '' ? new URL(address).host : 'what cannot be read'
}
