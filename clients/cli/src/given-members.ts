import { type RecordKey } from '@maker-registry/protocol';
import { type Given, optional, type OptionTable, required, wholeNumber } from '@maker-registry/guard';

/** Members of a document from options: member → option. An option that is not given leaves no member. */
export function membersOf(
  given: Given,
  options: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([member, option]) => {
      const value = optional(given, option);
      return value === undefined ? [] : [[member, value]];
    }),
  );
}

/** Members of a document from options that must be there: member → option. Throws USAGE. */
export function requiredMembersOf(
  given: Given,
  options: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(options).map(([member, option]) => [member, required(given, option)]),
  );
}

/** A whole number from an option that must be there. Throws USAGE. */
export function requiredNumber(given: Given, name: string, max: number, min = 0): number {
  return wholeNumber(required(given, name), name, { min, max });
}

/** A whole number from an option, or undefined. Throws USAGE. */
export function optionalNumber(given: Given, name: string, max: number, min = 0): number | undefined {
  return optional(given, name) === undefined ? undefined : requiredNumber(given, name, max, min);
}

/** Options of every command about one generation record. */
export const recordOptions: OptionTable['options'] = { model: 'text', content: 'text' };

/** How they are typed. */
export const RECORD_USAGE = '--model REF --content HASH';

/** The record that they name. Throws USAGE. */
export function recordKeyOf(given: Given): RecordKey {
  return { model_ref: required(given, 'model'), content_hash: required(given, 'content') };
}

/** Actor ids from an option: a list with commas, empty for nobody; undefined where it is not given. */
export function idList(given: Given, name: string): readonly string[] | undefined {
  const text = optional(given, name);
  if (text === undefined) return undefined;
  return text === '' ? [] : text.split(',');
}
