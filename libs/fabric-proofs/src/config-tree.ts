import { ProofError } from './errors';
import { MAX_CONFIG_DEPTH } from './limits';
import { LEN, orEmpty, REPEATED, shape, type Strictness, VARINT, WireReader } from './wire-reader';
import { bytesField, messageField, uvarintField } from './wire-writer';

/** A value or a policy of a channel's configuration. */
export interface ConfigElement {
  /** Grows by one with each change; an update names the version it was made for. */
  readonly version: number;
  /** The value's bytes, or the policy's message. */
  readonly content: Uint8Array;
  /** Name of the policy that permits a change. */
  readonly modPolicy: string;
}

/** common.ConfigGroup: the tree of a channel's configuration, or the part of it that an update names. */
export interface ConfigGroup {
  readonly version: number;
  readonly groups: ReadonlyMap<string, ConfigGroup>;
  readonly values: ReadonlyMap<string, ConfigElement>;
  readonly policies: ReadonlyMap<string, ConfigElement>;
  readonly modPolicy: string;
}

/** common.Config. */
export interface ConfigTree {
  /** Number of the configuration; each change raises it by one. */
  readonly sequence: number;
  readonly channel: ConfigGroup;
}

const CONFIG_ENVELOPE = shape({ 1: LEN, 2: LEN });
const CONFIG = shape({ 1: VARINT, 2: LEN });
const GROUP = shape({ 1: VARINT, 2: LEN | REPEATED, 3: LEN | REPEATED, 4: LEN | REPEATED, 5: LEN });
const GROUP_VERSION = 1;
const GROUPS = 2;
const VALUES = 3;
const POLICIES = 4;
const MOD_POLICY = 5;
const MAP_ENTRY = shape({ 1: LEN, 2: LEN });
const ELEMENT = shape({ 1: VARINT, 2: LEN, 3: LEN });

function parseEntry(bytes: Uint8Array, strictness: Strictness): [string, Uint8Array] {
  const reader = new WireReader(bytes, 'ConfigGroup entry', strictness);
  let key = '';
  let value: Uint8Array | undefined;
  while (reader.next(MAP_ENTRY)) {
    if (reader.field === 1) key = reader.text();
    else value = reader.message(value);
  }
  return [key, orEmpty(value)];
}

/** ConfigValue { 1 version, 2 value, 3 mod_policy } and ConfigPolicy, whose fields have the same numbers. */
function parseElement(bytes: Uint8Array, strictness: Strictness): ConfigElement {
  const reader = new WireReader(bytes, 'ConfigValue', strictness);
  let version = 0;
  let content: Uint8Array | undefined;
  let modPolicy = '';
  while (reader.next(ELEMENT)) {
    if (reader.field === 1) version = reader.uint64();
    else if (reader.field === 2) content = reader.message(content);
    else modPolicy = reader.text();
  }
  return { version, content: orEmpty(content), modPolicy };
}

/**
 * Reads common.ConfigGroup { 1 version, 2 groups, 3 values, 4 policies, 5 mod_policy }.
 * @throws ProofError WIRE_*, CONFIG_MALFORMED
 */
export function parseConfigGroup(bytes: Uint8Array, strictness: Strictness, depth = 0): ConfigGroup {
  if (depth > MAX_CONFIG_DEPTH)
    throw new ProofError('CONFIG_MALFORMED', `more than ${MAX_CONFIG_DEPTH} nested groups`);
  const reader = new WireReader(bytes, 'ConfigGroup', strictness);
  const groups = new Map<string, ConfigGroup>();
  const values = new Map<string, ConfigElement>();
  const policies = new Map<string, ConfigElement>();
  let version = 0;
  let modPolicy = '';
  while (reader.next(GROUP)) {
    const { field } = reader;
    if (field === GROUP_VERSION) version = reader.uint64();
    else if (field === MOD_POLICY) modPolicy = reader.text();
    else {
      const [key, value] = parseEntry(reader.bytes(), strictness);
      if (field === GROUPS) groups.set(key, parseConfigGroup(value, strictness, depth + 1));
      else (field === VALUES ? values : policies).set(key, parseElement(value, strictness));
    }
  }
  return { version, groups, values, policies, modPolicy };
}

/**
 * Reads the Config { 1 sequence, 2 channel_group } of a ConfigEnvelope { 1 config, 2 last_update }.
 * @throws ProofError WIRE_*, CONFIG_MALFORMED
 */
export function parseConfigTree(envelope: Uint8Array): ConfigTree {
  const outer = new WireReader(envelope, 'ConfigEnvelope', 'proof');
  let config: Uint8Array | undefined;
  while (outer.next(CONFIG_ENVELOPE)) {
    if (outer.field === 1) config = outer.message(config);
    else outer.bytes();
  }
  const reader = new WireReader(orEmpty(config), 'Config', 'proof');
  let sequence = 0;
  let channel: Uint8Array | undefined;
  while (reader.next(CONFIG)) {
    if (reader.field === 1) sequence = reader.uint64();
    else channel = reader.message(channel);
  }
  return { sequence, channel: parseConfigGroup(orEmpty(channel), 'proof') };
}

function encodeElement({ version, content, modPolicy }: ConfigElement): Buffer {
  return Buffer.concat([
    ...uvarintField(1, version),
    ...bytesField(2, content),
    ...bytesField(3, Buffer.from(modPolicy)),
  ]);
}

function encodeMap<T>(field: number, map: ReadonlyMap<string, T>, encode: (item: T) => Buffer): Uint8Array[] {
  return [...map.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, item]) =>
      messageField(
        field,
        Buffer.concat([...bytesField(1, Buffer.from(key)), ...messageField(2, encode(item))]),
      ),
    );
}

/** common.ConfigGroup with the entries of its maps in the order of their names. */
export function encodeConfigGroup(group: ConfigGroup): Buffer {
  return Buffer.concat([
    ...uvarintField(GROUP_VERSION, group.version),
    ...encodeMap(GROUPS, group.groups, encodeConfigGroup),
    ...encodeMap(VALUES, group.values, encodeElement),
    ...encodeMap(POLICIES, group.policies, encodeElement),
    ...bytesField(MOD_POLICY, Buffer.from(group.modPolicy)),
  ]);
}

/** ConfigEnvelope { 1 Config } as it would stand in a block, without the update that made it. */
export function encodeConfigTree({ sequence, channel }: ConfigTree): Buffer {
  const config = [...uvarintField(1, sequence), ...messageField(2, encodeConfigGroup(channel))];
  return Buffer.concat(messageField(1, Buffer.concat(config)));
}
