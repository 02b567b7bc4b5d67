import {
  appendRevocation,
  buildRevocationList,
  ListIndex,
  deriveLists,
  LIST_SCOPES,
  type ListScope,
  mayExecute,
  partitionEntries,
  readContent,
  restrictionsFromIndex,
  restrictionsFromList,
  type Revocation,
  type RevocationHead,
  type ScopeContent,
  sha256Hex,
  type SubjectType,
  type TokenClaims,
} from '@maker-registry/protocol';
import { LIST_CHECKS, LIST_ENTRIES, LIST_RUNS } from './limits';
import { type Report } from './measurements';
import { table } from './results';
import { median } from './statistics';

const NETWORK = 'ab'.repeat(32);
const NOW = 1_800_000_000;
const MS = 1_000;
const TYPES: readonly SubjectType[] = ['artifact', 'key', 'actor', 'right', 'device'];

/** Look-ups and whole decisions of a guard on long lists, and what deriving and verifying them costs. Needs no network. */
export function revocationLists(report: Report): Promise<string[]> {
  const entries = ledger();
  const started = cpuMs();
  const lists = deriveLists(NETWORK, entries);
  const derived = cpuMs() - started;
  report(`${LIST_ENTRIES} entries derived into ${lists.size} lists in ${derived.toFixed(0)} ms of CPU`);
  const before = cpuMs();
  const contents = new Map(
    LIST_SCOPES.flatMap((scope): [ListScope, ScopeContent][] => {
      const list = lists.get(scope);
      if (list === undefined) return [];
      const parts = partitionEntries(list.entries, list.header.partitions.length);
      const partitions = parts.map((part, index) => ({ index, entries: part }));
      return [[scope, readContent({ header: list.header, partitions }, undefined)]];
    }),
  );
  const index = new ListIndex(contents);
  const verified = cpuMs() - before;
  report(`their roots verified and indexed in ${verified.toFixed(0)} ms of CPU`);
  const lookups = rates(report, 'look-ups of one subject', (n) => {
    if (index.entries('artifact', { subject_id: ids[n % ids.length] ?? '' }) === undefined) throw new Error();
  });
  const decisions = decisionRates(report, entries, index);
  return Promise.resolve(
    table(
      [`${LIST_ENTRIES} revocations in force`, 'median'],
      [
        ['lists of all scopes derived from the chain (chain verified), CPU ms', derived.toFixed(0)],
        ['their Merkle roots verified and indexed by a client, CPU ms', verified.toFixed(0)],
        ['look-ups of one subject, a CPU second', lookups.toFixed(0)],
        [
          'list checks of a token (five subjects) on the own list, a CPU second',
          decisions.ownCheck.toFixed(0),
        ],
        ['the same on combined lists, a CPU second', decisions.combinedCheck.toFixed(0)],
        ['whole decisions of the guard on the own list, a CPU second', decisions.own.toFixed(0)],
        ['the same on own and combined lists, a CPU second', decisions.both.toFixed(0)],
      ],
    ),
  );
}

/** Half of them are on the list. */
const ids = Array.from({ length: 65_536 }, (_one, n) => sha256Hex(`subject ${n}`));

function ledger(): Revocation[] {
  const entries: Revocation[] = [];
  let head: RevocationHead | undefined;
  for (let n = 0; n < LIST_ENTRIES; n += 1) {
    const type = TYPES[n % TYPES.length] ?? 'artifact';
    const appended = appendRevocation(
      head,
      {
        subject_type: type,
        subject_id: sha256Hex(`subject ${n}`),
        ...(type === 'key' ? { key_version: 1 } : {}),
        kind: 'revoke',
        reason_code: 'key-compromise',
        by: { msp_id: 'Op1MSP', role: 'ca-admin' },
        final: true,
      },
      { txId: sha256Hex(`tx ${n}`), at: NOW - 1_000 },
    );
    entries.push(appended.entry);
    head = appended.head;
  }
  return entries;
}

function decisionRates(
  report: Report,
  entries: readonly Revocation[],
  index: ListIndex,
): { own: number; both: number; ownCheck: number; combinedCheck: number } {
  const claims = Array.from({ length: 1_024 }, (_one, n) => token(n));
  const list = buildRevocationList({
    network: NETWORK,
    issuer: 'Op1MSP',
    head: undefined,
    height: 1,
    thisUpdate: NOW,
    nextUpdate: NOW + 600,
    revocations: entries,
    superseded: [],
  });
  const decide = (n: number, combined?: { index: ListIndex; this_update: number }): void => {
    const one = claims[n % claims.length];
    if (one === undefined) return;
    const request = {
      token: one,
      list,
      gate: one.gate,
      now: NOW,
      purpose: one.purpose,
      action: 'execute',
    } as const;
    mayExecute({ ...request, ...(combined === undefined ? {} : { combined }) });
  };
  const combined = { index, this_update: NOW };
  const device = sha256Hex('device');
  const check = (act: (one: TokenClaims) => unknown) => (n: number) => {
    const one = claims[n % claims.length];
    if (one !== undefined) act(one);
  };
  return {
    ownCheck: rates(
      report,
      'list checks on the own list',
      check((one) => restrictionsFromList(list, one, device)),
    ),
    combinedCheck: rates(
      report,
      'list checks on combined lists',
      check((one) => restrictionsFromIndex(index, one, device)),
    ),
    own: rates(report, 'decisions on the own list', (n) => {
      decide(n);
    }),
    both: rates(report, 'decisions on own and combined lists', (n) => {
      decide(n, combined);
    }),
  };
}

function token(n: number): TokenClaims {
  return {
    iss: 'Op1MSP',
    sub: sha256Hex(`holder ${n}`),
    jti: `token-${n}`,
    iat: NOW,
    nbf: NOW,
    exp: NOW + 3_600,
    network: NETWORK,
    right_id: sha256Hex(`right ${n}`),
    right_version: 1,
    artifact_id: sha256Hex(`artifact ${n}`),
    root_digest: sha256Hex('root'),
    actions: ['execute'],
    limits: {},
    obligations: [],
    purpose: 'deployment',
    risk_class: 'medium',
    domains: [],
    gate: { attestation_required: false, list_max_age_s: 86_400, fail_closed: false },
    cnf: { jkt: 'A'.repeat(43) },
    key_version: 1,
  };
}

/** Rates are of CPU time: a machine with other work to do says little by the clock. */
function rates(report: Report, what: string, act: (n: number) => void): number {
  const samples: number[] = [];
  for (let run = 0; run <= LIST_RUNS; run += 1) {
    const started = cpuMs();
    for (let n = 0; n < LIST_CHECKS; n += 1) act(n);
    const rate = (LIST_CHECKS / (cpuMs() - started)) * MS;
    report(`${rate.toFixed(0)} ${what} a CPU second`);
    // The first run warms the code up and does not count.
    if (run > 0) samples.push(rate);
  }
  return median(samples);
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / MS;
}
