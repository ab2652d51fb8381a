import type { DiagnosisStep, Verdict } from './diagnosis.ts'
import { stepTitles } from './report.ts'

/** What all steps come to: the first that failed, because the later ones rest on it; else the first warning. */
export function verdictOf(host: string, steps: readonly DiagnosisStep[]): Verdict {
  const failed = steps.find(({ state }) => state === 'failed')
  if (failed !== undefined) {
    const { summary, kind } = failed
    const advice = failed.advice ?? (kind === 'proxy' ? proxyAdvice : adviceAt[failed.name])
    return {
      works: false,
      message: summary,
      ...(advice === undefined ? {} : { advice }),
      ...(kind === undefined ? {} : { kind }),
    }
  }
  const warnings = steps.filter(({ state }) => state === 'warning')
  const [first] = warnings
  if (first === undefined) return { works: true, message: `The connection to ${host} works.` }
  return {
    works: true,
    message: `The connection to ${host} works. ${stepTitles[first.name]}: ${first.summary.replace(/\.$/, '')}.`,
    ...(first.advice === undefined ? {} : { advice: first.advice }),
  }
}

const proxyAdvice = 'Check the address of the proxy, and its login.'

const adviceAt: Partial<Record<DiagnosisStep['name'], string>> = {
  dns: 'Check how the host is written, the network, and a VPN where it is known only there.',
  tcp: 'Check that the registry runs, the port, and whether a firewall or a VPN is in the way.',
  tls: 'Ask whoever runs the registry.',
  ping: 'Ask whoever runs the registry.',
}
