import type { Diagnosis, DiagnosisStep } from '../../../../src/core/index.ts'

/** The states of all steps that were reached, in short: `dns ok`, `tls failed`. */
export function outline({ steps }: Diagnosis): string[] {
  return steps.filter(({ state }) => state !== 'notReached').map(({ name, state }) => `${name} ${state}`)
}

export function stepOf({ steps }: Diagnosis, name: DiagnosisStep['name']): DiagnosisStep {
  const step = steps.find((candidate) => candidate.name === name)
  if (step === undefined) throw new Error(`There is no step ${name}.`)
  return step
}
