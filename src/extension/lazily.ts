/**
 * An object that is made when something of it is first asked for, because making it takes longer than activation should.
 * Other than that it is the object itself: its methods run on it, with their private fields.
 */
export function lazily<Value extends object>(make: () => Value): Value {
  let made: Value | undefined
  const value = (): Value => (made ??= make())
  // The target is never looked at; it has to be something that has no properties of its own.
  return new Proxy<Value>(Object.create(null) as Value, {
    get: (_target, name) => {
      const found: unknown = Reflect.get(value(), name)
      return typeof found === 'function' ? (found.bind(value()) as unknown) : found
    },
    set: (_target, name, next) => Reflect.set(value(), name, next),
    has: (_target, name) => Reflect.has(value(), name),
  })
}
