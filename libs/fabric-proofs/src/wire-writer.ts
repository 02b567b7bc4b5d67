const TWO_7 = 128;

/** The base-128 form of an unsigned integer up to 2^53 - 1 (Go's binary.PutUvarint and protobuf's varint). */
export function uvarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= TWO_7) {
    bytes.push((rest % TWO_7) | 0x80);
    rest = Math.floor(rest / TWO_7);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** A length-delimited field; nothing when empty, as proto3 encodes it. */
export function bytesField(field: number, value: Uint8Array): Uint8Array[] {
  return value.length === 0 ? [] : [uvarint(field * 8 + 2), uvarint(value.length), value];
}

/** A length-delimited field that is written even when empty: an element of a repeated field, or an embedded message. */
export function messageField(field: number, value: Uint8Array): Uint8Array[] {
  return [uvarint(field * 8 + 2), uvarint(value.length), value];
}

/** A number; nothing when zero, as proto3 encodes it. */
export function uvarintField(field: number, value: number): Uint8Array[] {
  return value === 0 ? [] : [uvarint(field * 8), uvarint(value)];
}

/** A length-delimited field, written also when empty. */
export function presentField(field: number, ...parts: readonly Uint8Array[]): Uint8Array[] {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return [uvarint(field * 8 + 2), uvarint(length), ...parts];
}

/** A number, written also when 0. */
export function numberField(field: number, value: number): Uint8Array[] {
  return [uvarint(field * 8), uvarint(value)];
}
