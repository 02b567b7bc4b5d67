import * as decode from '../decode';
import { NetworkError } from '../network-error';
import type { Organization, Topology } from './model';
import { operators } from './queries';

/** Signature policies of the channel, written out by organization. */
export interface ChannelPolicies {
  readonly transactionEndorsement: string;
  readonly chaincodeLifecycle: string;
  readonly channelAdministration: string;
}

type Principal = 'peer' | 'admin';

/** Reads policies/endorsement.yaml and resolves it against the operators of the profile. */
export function loadPolicies(file: string, topology: Topology): ChannelPolicies {
  const document = decode.readYaml(file);
  decode.onlyKeys(document, file, [
    'transaction_endorsement',
    'chaincode_lifecycle',
    'channel_administration',
  ]);
  const resolve = (key: string): string => policyOf(document[key], `${file}:${key}`, operators(topology));
  return {
    transactionEndorsement: resolve('transaction_endorsement'),
    chaincodeLifecycle: resolve('chaincode_lifecycle'),
    channelAdministration: resolve('channel_administration'),
  };
}

function policyOf(item: unknown, at: string, members: readonly Organization[]): string {
  const value = decode.fields(item, at);
  decode.onlyKeys(value, at, ['of', 'principal', 'rule']);
  decode.oneOf(value['of'], `${at}/of`, ['operators']);
  const principal = decode.oneOf(value['principal'], `${at}/principal`, ['peer', 'admin']);
  return outOf(countFor(value['rule'], `${at}/rule`, members.length), members, principal);
}

/** How many of `size` members a rule asks for. */
export function countFor(rule: unknown, at: string, size: number): number {
  if (rule === 'majority') return Math.floor(size / 2) + 1;
  if (rule === 'all') return size;
  const count = decode.integer(rule, at, 1, size);
  if (count * 2 <= size) {
    throw new NetworkError(
      `${at}: ${count} of ${size} is no majority: two disjoint groups could both decide.`,
      'Raise it.',
    );
  }
  return count;
}

/** `OutOf(3, 'Op1MSP.peer', …)` in Fabric's policy language. */
export function outOf(count: number, members: readonly Organization[], principal: Principal): string {
  return `OutOf(${count}, ${members.map((member) => `'${member.mspId}.${principal}'`).join(', ')})`;
}
