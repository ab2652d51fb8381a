/** What came of one of many: a value, or the error in its place. */
export type Outcome<Value> = { readonly value: Value } | { readonly error: unknown }

/** The value, or the error thrown. */
export function valueIn<Value>(outcome: Outcome<Value>): Value {
  if ('error' in outcome) throw outcome.error
  return outcome.value
}

/** The one value of what was done to one. */
export function onlyValueIn<Value>(outcomes: readonly Outcome<Value>[]): Value {
  const [outcome = { error: new Error('nothing was done') }] = outcomes
  return valueIn(outcome)
}
