import type { HostOptions } from '../hosts/hostOptions.ts'
import type { Fact, Facts } from './diagnosis.ts'
import type { Found } from './steps.ts'

/**
 * Tells what is set for a host. The options hold no secrets; a user name and a password that somebody wrote into an
 * address go.
 *
 * @param from where each option comes from, for people
 */
export function tellSettings(options: HostOptions, from: (name: keyof HostOptions) => string): Found<true> {
  const set = Object.entries(options).filter(([, value]) => value !== undefined)
  if (set.length === 0) return { summary: 'none of its own', value: true }
  const facts: Facts = Object.fromEntries(
    set.map(([name, value]) => [
      name,
      { value: shown(value as Fact), from: from(name as keyof HostOptions) },
    ]),
  )
  return { summary: set.map(([name]) => name).join(', '), facts, value: true }
}

function shown(value: Fact): Fact {
  if (typeof value === 'string') return value.replace(/\/\/[^/@\s]*@/g, '//')
  return Array.isArray(value) ? value.map((item: Fact) => shown(item)) : value
}
