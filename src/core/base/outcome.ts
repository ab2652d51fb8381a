/** What came of one of many: a value, or the error in its place. */
export type Outcome<Value> = { readonly value: Value } | { readonly error: unknown }

export function outcomeOf<Value>(work: () => Value): Outcome<Value> {
  try {
    return { value: work() }
  } catch (error) {
    return { error }
  }
}

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

/**
 * Goes on with all that went well; what has failed stays as it is.
 * @param work gives an outcome for each value, in their order
 */
export async function proceed<Value, Next>(
  outcomes: readonly Outcome<Value>[],
  work: (values: readonly Value[]) => Promise<readonly Outcome<Next>[]>,
): Promise<Outcome<Next>[]> {
  const values: Value[] = []
  for (const outcome of outcomes) if ('value' in outcome) values.push(outcome.value)
  const next = values.length === 0 ? [] : await work(values)
  // Of thousands, most often nothing has failed.
  if (values.length === outcomes.length) return [...next]
  return filled(
    outcomes.map((outcome) => ('error' in outcome ? outcome : undefined)),
    next,
  )
}

/**
 * Does work for the items of which nothing came yet, neither a value nor an error.
 * @param work gives an outcome for each item, in their order
 */
export async function complete<Item, Value>(
  items: readonly Item[],
  known: readonly Outcome<Value | undefined>[],
  work: (missing: readonly Item[]) => Promise<readonly Outcome<Value>[]>,
): Promise<Outcome<Value>[]> {
  const found = known.map((outcome) => (hasCome(outcome) ? outcome : undefined))
  const missing = items.filter((_, place) => found[place] === undefined)
  if (missing.length === items.length) return [...(await work(items))]
  return filled(found, missing.length === 0 ? [] : await work(missing))
}

function hasCome<Value>(outcome: Outcome<Value | undefined>): outcome is Outcome<Value> {
  return 'error' in outcome || outcome.value !== undefined
}

/** A list with its gaps filled, in order. */
function filled<Item>(list: readonly (Item | undefined)[], others: readonly Item[]): Item[] {
  let used = 0
  return list.flatMap((item) => item ?? others[used++] ?? [])
}
