import { RegistryError } from '../errors/registry-error';
import { DEFAULT_MAX_JSON_BYTES, DEFAULT_MAX_JSON_VALUES, MAX_JSON_DEPTH } from '../limits';
import { decodeUtf8 } from './bytes';

/** A JSON value as the strict parser returns it: plain objects, arrays and primitives. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** Bounds of one parse; each has a default from limits.ts. */
export interface JsonLimits {
  readonly maxBytes?: number;
  readonly maxDepth?: number;
  readonly maxValues?: number;
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const NEEDS_CARE = /[\\\u0000-\u001f]/;
const NONZERO_DIGIT = /^-?[0.]*[1-9]/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const CHAR_TAB = 0x09;
const CHAR_LF = 0x0a;
const CHAR_CR = 0x0d;
const CHAR_SPACE = 0x20;

/**
 * Parses JSON of which every reader gets the same value (RFC 8259 within I-JSON, RFC 7493). Refused, never repaired:
 * bytes that are not UTF-8, a byte order mark, trailing text, duplicate keys, lone surrogates, −0, numbers beyond
 * ±(2^53−1), numbers that underflow to zero, and whatever exceeds the limits.
 *
 * @throws RegistryError JSON_MALFORMED, JSON_DUPLICATE_KEY, JSON_TOO_DEEP, JSON_TOO_MANY_VALUES,
 *   JSON_NUMBER_OUT_OF_RANGE, JSON_LONE_SURROGATE or TOO_LARGE; `subject` is the character offset.
 */
export function parseStrictJson(input: string | Uint8Array, limits: JsonLimits = {}): JsonValue {
  const maxBytes = limits.maxBytes ?? DEFAULT_MAX_JSON_BYTES;
  const size = typeof input === 'string' ? Buffer.byteLength(input, 'utf8') : input.length;
  if (size > maxBytes) {
    throw new RegistryError('TOO_LARGE', `The text has ${size} bytes; at most ${maxBytes} are accepted.`);
  }
  const text = typeof input === 'string' ? input : decodeUtf8(input);
  const maxDepth = limits.maxDepth ?? MAX_JSON_DEPTH;
  return new Reader(text, maxDepth, limits.maxValues ?? DEFAULT_MAX_JSON_VALUES).document();
}

/** Whether `value` is an object with members (not null, not an array). */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

class Reader {
  private position = 0;
  private values = 0;
  private readonly text: string;
  private readonly maxDepth: number;
  private readonly maxValues: number;

  constructor(text: string, maxDepth: number, maxValues: number) {
    this.text = text;
    this.maxDepth = maxDepth;
    this.maxValues = maxValues;
  }

  document(): JsonValue {
    this.skipWhitespace();
    const value = this.value(0);
    this.skipWhitespace();
    if (this.position !== this.text.length) this.fail('Text follows the JSON value');
    return value;
  }

  private value(depth: number): JsonValue {
    this.values += 1;
    if (this.values > this.maxValues) {
      throw new RegistryError('JSON_TOO_MANY_VALUES', `The text holds more than ${this.maxValues} values.`);
    }
    switch (this.text[this.position]) {
      case '{':
        return this.object(depth + 1);
      case '[':
        return this.array(depth + 1);
      case '"':
        return this.string();
      case 't':
        return this.literal('true', true);
      case 'f':
        return this.literal('false', false);
      case 'n':
        return this.literal('null', null);
      default:
        return this.number();
    }
  }

  private object(depth: number): JsonValue {
    this.enter(depth);
    const result: Record<string, JsonValue> = {};
    if (this.take('}')) return result;
    do {
      this.skipWhitespace();
      if (this.text[this.position] !== '"') this.fail('Expected a member name in quotes');
      const at = this.position;
      const key = this.string();
      if (Object.hasOwn(result, key)) {
        throw new RegistryError(
          'JSON_DUPLICATE_KEY',
          `The key ${JSON.stringify(key)} occurs twice in one object.`,
          {
            subject: String(at),
          },
        );
      }
      this.skipWhitespace();
      this.expect(':');
      this.skipWhitespace();
      setMember(result, key, this.value(depth));
      this.skipWhitespace();
    } while (this.take(','));
    this.expect('}');
    return result;
  }

  private array(depth: number): JsonValue {
    this.enter(depth);
    const result: JsonValue[] = [];
    if (this.take(']')) return result;
    do {
      this.skipWhitespace();
      result.push(this.value(depth));
      this.skipWhitespace();
    } while (this.take(','));
    this.expect(']');
    return result;
  }

  private enter(depth: number): void {
    if (depth > this.maxDepth) {
      throw new RegistryError('JSON_TOO_DEEP', `The text is nested deeper than ${this.maxDepth} levels.`, {
        subject: String(this.position),
      });
    }
    this.position += 1;
    this.skipWhitespace();
  }

  private string(): string {
    const start = this.position;
    const end = this.text.indexOf('"', start + 1);
    const plain = end < 0 ? undefined : this.text.slice(start + 1, end);
    let value: string;
    if (plain !== undefined && !NEEDS_CARE.test(plain)) {
      this.position = end + 1;
      value = plain;
    } else {
      value = this.escapedString();
    }
    if (LONE_SURROGATE.test(value)) {
      throw new RegistryError('JSON_LONE_SURROGATE', 'A string holds half a surrogate pair.', {
        subject: String(start),
      });
    }
    return value;
  }

  private escapedString(): string {
    this.position += 1;
    let value = '';
    for (;;) {
      const char = this.text[this.position];
      if (char === undefined || char.charCodeAt(0) < CHAR_SPACE) {
        this.fail(
          char === undefined ? 'A string does not end' : 'A control character stands unescaped in a string',
        );
      }
      this.position += 1;
      if (char === '"') return value;
      value += char === '\\' ? this.escape() : char;
    }
  }

  private escape(): string {
    const char = this.text[this.position] ?? '';
    this.position += 1;
    if (char === 'u') {
      const hex = this.text.slice(this.position, this.position + 4);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.fail('An escape sequence is malformed');
      this.position += 4;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    return (
      (Object.hasOwn(ESCAPES, char) ? ESCAPES[char] : undefined) ??
      this.fail('An escape sequence is malformed')
    );
  }

  private number(): number {
    NUMBER.lastIndex = this.position;
    const match = NUMBER.exec(this.text);
    if (match === null) return this.fail('Expected a JSON value');
    const value = Number(match[0]);
    const isMinusZero = Object.is(value, -0);
    const underflows = value === 0 && NONZERO_DIGIT.test(match[0]);
    if (isMinusZero || underflows || Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      throw new RegistryError(
        'JSON_NUMBER_OUT_OF_RANGE',
        `The number ${match[0].slice(0, 40)} does not survive as a double; send amounts as decimal strings.`,
        { subject: String(this.position) },
      );
    }
    this.position += match[0].length;
    return value;
  }

  private literal<T extends JsonValue>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.position)) this.fail('Expected a JSON value');
    this.position += word.length;
    return value;
  }

  private take(char: string): boolean {
    if (this.text[this.position] !== char) return false;
    this.position += 1;
    return true;
  }

  private expect(char: string): void {
    if (!this.take(char)) this.fail(`Expected "${char}"`);
  }

  private skipWhitespace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.position);
      if (code !== CHAR_SPACE && code !== CHAR_LF && code !== CHAR_CR && code !== CHAR_TAB) return;
      this.position += 1;
    }
  }

  private fail(what: string): never {
    throw new RegistryError('JSON_MALFORMED', `${what} at character ${this.position}.`, {
      subject: String(this.position),
    });
  }
}

/** `__proto__` must become a member like any other, never the object's prototype. */
function setMember(target: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[key] = value;
  }
}
