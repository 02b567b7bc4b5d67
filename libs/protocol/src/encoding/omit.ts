/** A copy of an object without one member. */
export function omit<Value extends object, Member extends keyof Value & string>(
  value: Value,
  member: Member,
): Omit<Value, Member> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== member)) as Omit<Value, Member>;
}
