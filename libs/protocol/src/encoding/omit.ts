/** A copy of an object without one member. */
export function omit<Value extends object, Member extends keyof Value & string>(
  value: Value,
  member: Member,
): Omit<Value, Member> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== member)) as Omit<Value, Member>;
}

/** A copy without the members that are undefined: canonical JSON has none. */
export function omitUndefined<Value extends object>(
  value: Value,
): { [Member in keyof Value]?: Exclude<Value[Member], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [Member in keyof Value]?: Exclude<Value[Member], undefined>;
  };
}
