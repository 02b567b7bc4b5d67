import { type Revocation } from '../domain/revocation';
import { sha256Hex } from '../encoding/hash';
import { keyId } from '../identifiers';
import { type Envelope } from '../intents/envelope';
import { LIST_STATEMENT_PAYLOAD_TYPE } from '../intents/pae';
import { signPayload, type Signer } from '../intents/sign';
import { deriveLists, type ScopeList } from '../registry-list/derive';
import {
  type ListDocument,
  type RegistryListDocument,
  serializeRegistryLists,
} from '../registry-list/document';
import { listDigest } from '../registry-list/list-header';
import { partitionEntries } from '../registry-list/derive';
import { LIST_SCOPES, type ListScope } from '../registry-list/scopes';
import { encodeListStatement, type ListReference, type ListStatement } from '../registry-list/statement';
import { type ListKey } from '../revocation-list/list-key';
import { revocationHash } from '../rules/revocation-chain';
import { NETWORK } from './parameters';
import { es256Signer } from './software-signer';

export const LIST_TIME = 1_800_000_000;

export const LIST_SIGNERS: Readonly<Record<string, Signer>> = {
  Op1MSP: es256Signer('list op1'),
  Op2MSP: es256Signer('list op2'),
  Op3MSP: es256Signer('list op3'),
};

export function listKey(issuer: string, signer: Signer = signerOf(issuer)): ListKey {
  return { keyid: keyId(signer.alg, signer.publicKey), alg: signer.alg, publicKey: signer.publicKey, issuer };
}

export const LIST_KEYS: readonly ListKey[] = Object.keys(LIST_SIGNERS).map((issuer) => listKey(issuer));

function signerOf(issuer: string): Signer {
  const signer = LIST_SIGNERS[issuer];
  if (signer === undefined) throw new Error(`no signer ${issuer}`);
  return signer;
}

export type Lists = ReadonlyMap<ListScope, ScopeList>;

/** The lists at the ledger's first `count` entries. */
export function listsAt(entries: readonly Revocation[], count = entries.length, network = NETWORK): Lists {
  return deriveLists(network, entries.slice(0, count));
}

/** A statement of an operator about the lists at a ledger's first `count` entries. */
export function statementAt(
  entries: readonly Revocation[],
  issuer: string,
  change: Partial<ListStatement> = {},
  count = entries.length,
): ListStatement {
  const lists = listsAt(entries, count, change.network);
  const references = LIST_SCOPES.map((scope): [ListScope, ListReference] => {
    const header = lists.get(scope)?.header;
    if (header === undefined) throw new Error(`no list ${scope}`);
    return [scope, { number: header.number, digest: listDigest(header) }];
  });
  const last = entries[count - 1];
  return {
    v: 1,
    network: NETWORK,
    issuer,
    number: count,
    hash: last === undefined ? '0'.repeat(64) : revocationHash(last),
    height: 100 + count,
    block_hash: sha256Hex('block'),
    this_update: LIST_TIME,
    next_update: LIST_TIME + 60,
    lists: Object.fromEntries(references) as Record<ListScope, ListReference>,
    ...change,
  };
}

export async function signedStatement(
  statement: ListStatement,
  signer: Signer = signerOf(statement.issuer),
): Promise<Envelope> {
  return await signPayload(LIST_STATEMENT_PAYLOAD_TYPE, encodeListStatement(statement), signer);
}

/** A list with all its partitions. */
export function wholeList({ header, entries }: ScopeList): ListDocument {
  const parts = partitionEntries(entries, header.partitions.length);
  return { header, partitions: parts.map((part, index) => ({ index, entries: part })) };
}

/** A combined list as it travels: all scopes, vouched for by these operators. */
export async function combinedAt(
  entries: readonly Revocation[],
  issuers: readonly string[],
  change: Partial<ListStatement> = {},
  count = entries.length,
): Promise<RegistryListDocument> {
  const statements = issuers.map((issuer) => signedStatement(statementAt(entries, issuer, change, count)));
  const lists = [...listsAt(entries, count, change.network).values()].map(wholeList);
  return { v: 1, statements: await Promise.all(statements), lists };
}

export function textOf(document: RegistryListDocument): string {
  return serializeRegistryLists(document);
}
