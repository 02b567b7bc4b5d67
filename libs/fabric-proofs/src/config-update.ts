import {
  type ConfigElement,
  type ConfigGroup,
  type ConfigTree,
  encodeConfigGroup,
  parseConfigGroup,
} from './config-tree';
import { ProofError } from './errors';
import { LEN, orEmpty, shape, WireReader } from './wire-reader';
import { bytesField, messageField } from './wire-writer';

/**
 * common.ConfigUpdate: what the configuration must still be (read set) and what it shall become (write set), both as
 * partial trees. An element whose version in the write set is one higher than in the configuration is changed.
 */
export interface ConfigUpdate {
  readonly channelId: string;
  readonly readSet: ConfigGroup;
  readonly writeSet: ConfigGroup;
}

/** A value that an update changes. */
export interface ValueChange {
  /** Names of the groups from the channel down, then of the value: ['Application', 'Op1MSP', 'MSP']. */
  readonly path: readonly string[];
  readonly before: ConfigElement;
  readonly after: ConfigElement;
}

const CONFIG_UPDATE = shape({ 1: LEN, 2: LEN, 3: LEN });

/** A group that only leads to others: version known, nothing of its own said. */
function bare(version: number): ConfigGroup {
  return { version, groups: new Map(), values: new Map(), policies: new Map(), modPolicy: '' };
}

/** The group with a value at the path, the groups on the way taking their versions from the configuration. */
function withElement(
  group: ConfigGroup,
  config: ConfigGroup | undefined,
  path: readonly string[],
  element: ConfigElement,
): ConfigGroup {
  const [name, ...rest] = path;
  if (name === undefined) return group;
  if (rest.length === 0) return { ...group, values: new Map(group.values).set(name, element) };
  const below = config?.groups.get(name);
  const child = withElement(group.groups.get(name) ?? bare(below?.version ?? 0), below, rest, element);
  return { ...group, groups: new Map(group.groups).set(name, child) };
}

/** The value at a path, or undefined. */
export function valueAt(group: ConfigGroup, path: readonly string[]): ConfigElement | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return undefined;
  if (rest.length === 0) return group.values.get(name);
  const below = group.groups.get(name);
  return below === undefined ? undefined : valueAt(below, rest);
}

/**
 * Builds the update that gives values new content: each with its present version in the read set, and the next one and
 * its own mod_policy in the write set. Nothing else is named, so nothing else can change.
 *
 * @throws ProofError UPDATE_WITHOUT_EFFECT for a path at which there is no value, or for no change
 */
export function buildConfigUpdate(
  channelId: string,
  { channel }: ConfigTree,
  changes: readonly { readonly path: readonly string[]; readonly content: Uint8Array }[],
): Buffer {
  let readSet = bare(channel.version);
  let writeSet = bare(channel.version);
  for (const { path, content } of changes) {
    const present = valueAt(channel, path);
    if (present === undefined)
      throw new ProofError('UPDATE_WITHOUT_EFFECT', `the configuration has no ${path.join('/')}`);
    const { version, modPolicy } = present;
    readSet = withElement(readSet, channel, path, { version, content: new Uint8Array(0), modPolicy: '' });
    writeSet = withElement(writeSet, channel, path, { version: version + 1, content, modPolicy });
  }
  if (changes.length === 0) throw new ProofError('UPDATE_WITHOUT_EFFECT', 'the update changes nothing');
  return encodeConfigUpdate({ channelId, readSet, writeSet });
}

/** common.ConfigUpdate { 1 channel_id, 2 read_set, 3 write_set }. */
export function encodeConfigUpdate({ channelId, readSet, writeSet }: ConfigUpdate): Buffer {
  return Buffer.concat([
    ...bytesField(1, Buffer.from(channelId)),
    ...messageField(2, encodeConfigGroup(readSet)),
    ...messageField(3, encodeConfigGroup(writeSet)),
  ]);
}

/** Reads common.ConfigUpdate; a field that would not be shown is refused. @throws ProofError WIRE_*, CONFIG_MALFORMED */
export function parseConfigUpdate(bytes: Uint8Array): ConfigUpdate {
  const reader = new WireReader(bytes, 'ConfigUpdate', 'signing');
  let channelId = '';
  let readSet: Uint8Array | undefined;
  let writeSet: Uint8Array | undefined;
  while (reader.next(CONFIG_UPDATE)) {
    if (reader.field === 1) channelId = reader.text();
    else if (reader.field === 2) readSet = reader.bytes();
    else writeSet = reader.bytes();
  }
  return {
    channelId,
    readSet: parseConfigGroup(orEmpty(readSet), 'signing'),
    writeSet: parseConfigGroup(orEmpty(writeSet), 'signing'),
  };
}

function stale(path: readonly string[], made: number, present: number | undefined): ProofError {
  const where = path.join('/') || 'Channel';
  return new ProofError(
    'UPDATE_STALE',
    `${where} was at version ${made} when the update was made, now it is ${present === undefined ? 'gone' : `at ${present}`}`,
    { path: where, expected: made, actual: present ?? -1 },
  );
}

function tooBroad(path: readonly string[], what: string): ProofError {
  return new ProofError('UPDATE_TOO_BROAD', `the update ${what} ${path.join('/')}`, { path: path.join('/') });
}

function checkVersions(
  read: ReadonlyMap<string, ConfigElement>,
  present: ReadonlyMap<string, ConfigElement>,
  path: readonly string[],
): void {
  for (const [name, { version }] of read) {
    const found = present.get(name)?.version;
    if (found !== version) throw stale([...path, name], version, found);
  }
}

/** Fabric's verifyReadSet: everything the update was made on is still of that version. */
function checkReadSet(readSet: ConfigGroup, config: ConfigGroup | undefined, path: readonly string[]): void {
  if (readSet.version !== config?.version) throw stale(path, readSet.version, config?.version);
  checkVersions(readSet.values, config.values, path);
  checkVersions(readSet.policies, config.policies, path);
  for (const [name, group] of readSet.groups) checkReadSet(group, config.groups.get(name), [...path, name]);
}

/** Values that the write set changes. Groups and policies may be named on the way, at the versions that they have. */
function collectChanges(
  writeSet: ConfigGroup,
  config: ConfigGroup,
  path: readonly string[],
  found: ValueChange[],
): void {
  if (writeSet.version !== config.version) throw tooBroad(path, 'changes the group');
  for (const name of writeSet.policies.keys()) throw tooBroad([...path, name], 'names the policy');
  for (const [name, after] of writeSet.values) {
    const before = config.values.get(name);
    if (before === undefined) throw tooBroad([...path, name], 'adds the value');
    if (after.version === before.version) continue;
    if (after.version !== before.version + 1) throw stale([...path, name], after.version - 1, before.version);
    if (after.modPolicy !== before.modPolicy) throw tooBroad([...path, name], 'changes who may change');
    found.push({ path: [...path, name], before, after });
  }
  for (const [name, group] of writeSet.groups) {
    const below = config.groups.get(name);
    if (below === undefined) throw tooBroad([...path, name], 'adds the group');
    collectChanges(group, below, [...path, name], found);
  }
}

/**
 * The values that an update would change, found by Fabric's rules on the present configuration; an update that changes
 * groups, policies or who may change something is refused.
 *
 * @throws ProofError UPDATE_STALE, UPDATE_TOO_BROAD, UPDATE_WITHOUT_EFFECT
 */
export function changedValues({ channel }: ConfigTree, update: ConfigUpdate): ValueChange[] {
  checkReadSet(update.readSet, channel, []);
  const found: ValueChange[] = [];
  collectChanges(update.writeSet, channel, [], found);
  if (found.length === 0) throw new ProofError('UPDATE_WITHOUT_EFFECT', 'the update changes nothing');
  return found;
}

function replaced(group: ConfigGroup, path: readonly string[], element: ConfigElement): ConfigGroup {
  const [name = '', ...rest] = path;
  if (rest.length === 0) return { ...group, values: new Map(group.values).set(name, element) };
  const below = group.groups.get(name);
  if (below === undefined) return group;
  return { ...group, groups: new Map(group.groups).set(name, replaced(below, rest, element)) };
}

/** The configuration that follows: the changes made, its number one higher. */
export function withChanges({ sequence, channel }: ConfigTree, changes: readonly ValueChange[]): ConfigTree {
  return {
    sequence: sequence + 1,
    channel: changes.reduce((group, { path, after }) => replaced(group, path, after), channel),
  };
}
