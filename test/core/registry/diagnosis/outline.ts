import type { Diagnosis, DiagnosisStep } from '../../../../src/core/index.ts'

/** The outline of a diagnosis up to the login, where all is well. */
export const upToLogin: readonly string[] = [
  'settings ok',
  'proxy ok',
  'dns ok',
  'tcp ok',
  'tls ok',
  'scheme ok',
  'ping ok',
  'challenge ok',
]

/** The states of all steps that were reached, in short: `dns ok`, `tls failed`. */
export function outline({ steps }: Diagnosis): string[] {
  return steps.filter(({ state }) => state !== 'notReached').map(({ name, state }) => `${name} ${state}`)
}

export function stepOf({ steps }: Diagnosis, name: DiagnosisStep['name']): DiagnosisStep {
  const step = steps.find((candidate) => candidate.name === name)
  if (step === undefined) throw new Error(`There is no step ${name}.`)
  return step
}
