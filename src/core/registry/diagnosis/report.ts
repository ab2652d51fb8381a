import type { Diagnosis, DiagnosisStep, Fact, Facts } from './diagnosis.ts'

/** What the steps are called where people read of them. */
export const stepTitles: Readonly<Record<DiagnosisStep['name'], string>> = {
  settings: 'Settings',
  proxy: 'Proxy',
  dns: 'DNS',
  tcp: 'TCP',
  tls: 'TLS',
  scheme: 'Scheme',
  ping: 'Ping',
  challenge: 'Challenge',
  login: 'Login',
  token: 'Token',
  catalogue: 'Catalogue',
  clock: 'Clock',
}

const states: Readonly<Record<DiagnosisStep['state'], string>> = {
  ok: 'ok',
  warning: 'warning',
  failed: 'failed',
  notReached: '-',
}

/** A diagnosis as plain text that can be read on a terminal and pasted into an issue, line by line. */
export function diagnosisReport({ host, at, by, verdict, steps }: Diagnosis): string[] {
  return [
    `Connection to ${host}`,
    `${at}, ${by}`,
    '',
    verdict.message,
    ...(verdict.advice === undefined ? [] : [verdict.advice]),
    '',
    ...steps.flatMap(stepLines),
  ]
}

function stepLines({ name, state, milliseconds, summary, facts }: DiagnosisStep): string[] {
  const time = state === 'notReached' ? '' : `${milliseconds} ms`
  const head = [states[state].padEnd(8), stepTitles[name].padEnd(10), time.padStart(8), `  ${summary}`].join(
    ' ',
  )
  return [head, ...factLines(facts).map((line) => `${' '.repeat(10)}${line}`)]
}

/** Facts as lines, `daysLeft: 12`; what is inside of something stands two columns further in. */
export function factLines(facts: Facts): string[] {
  return Object.entries(facts).flatMap(([name, fact]) => linesOf(name, fact))
}

function linesOf(name: string, fact: Fact): string[] {
  if (typeof fact !== 'object') return [`${name}: ${fact}`]
  if (!isList(fact)) {
    const phrase = phraseOf(fact)
    return phrase === undefined ? [`${name}:`, ...indented(factLines(fact))] : [`${name}: ${phrase}`]
  }
  const texts = fact.filter((item) => typeof item !== 'object')
  if (texts.length === fact.length) return [`${name}: ${texts.join(', ')}`]
  return fact.flatMap((item, position) => linesOf(`${name} ${position + 1}`, item))
}

/** `address 127.0.0.1, family IPv4`; `undefined` where that would be no phrase any more. */
function phraseOf(facts: Facts): string | undefined {
  const entries = Object.entries(facts)
  const parts = entries.flatMap(([name, value]) => (typeof value === 'object' ? [] : [`${name} ${value}`]))
  return parts.length === entries.length && parts.length <= 4 ? parts.join(', ') : undefined
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`)
}

/** `Array.isArray` does not know lists that cannot be changed. */
function isList(fact: readonly Fact[] | Facts): fact is readonly Fact[] {
  return Array.isArray(fact)
}
