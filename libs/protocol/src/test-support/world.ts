import { type ActArguments, type ActName } from '../domain/act-arguments';
import {
  type Intent,
  type IntentBodies,
  type LedgerIntentBodies,
  type LedgerIntentType,
} from '../domain/intent-bodies';
import { type LedgerDocuments, type LedgerKind, ledgerKeys, type RuleOutcome } from '../domain/ledger';
import { canonicalize } from '../encoding/canonical-json';
import { sha256Hex } from '../encoding/hash';
import { actorId, artifactId, licenseId, proposalId } from '../identifiers';
import { admitIntent } from '../intents/admit';
import { type Envelope } from '../intents/envelope';
import { buildIntent, openIntent } from '../intents/intent';
import { isLedgerIntentType } from '../intents/registry';
import { countersign, signIntent, type Signer } from '../intents/sign';
import { registerActor, rotateActor } from '../rules/actors';
import { type ParentState, registerArtifact, releaseArtifact, revokeArtifact } from '../rules/artifacts';
import { type TransferState } from '../rules/change-holder';
import {
  commitContentKey,
  type ContentKeyState,
  revokeContentKey,
  rotateContentKey,
} from '../rules/content-keys';
import { type ActContext, type IntentContext } from '../rules/context';
import { issueRight } from '../rules/issue-right';
import { defineLicense } from '../rules/licenses';
import { approveParameters, proposeParameters } from '../rules/parameters';
import { resumeRight, revokeRight, suspendRight } from '../rules/restrict-right';
import { liftableByMaker } from '../rules/restrictions';
import { decideReview } from '../rules/reviews';
import { subjectName, subjectReference, subjectsOf } from '../rules/revocation-subjects';
import { issueRevocations, releaseRevocation, type SubjectState } from '../rules/revocations';
import {
  bequeathRight,
  claimRight,
  type ClaimState,
  giftRight,
  sellRight,
  transferRight,
} from '../rules/rights';
import { parseActArgument } from '../rules/acts';
import { NETWORK, PARAMETERS } from './parameters';
import { ed25519Signer } from './software-signer';

/** A person of the tests: a name and a key. */
export interface Person {
  readonly id: string;
  readonly signer: Signer;
}

export function person(name: string): Person {
  const signer = ed25519Signer(name);
  return { id: actorId(signer.alg, signer.publicKey), signer };
}

/** Provenance and royalties are tried through chaincode's own contracts, where the loading is. */
type ElsewhereDomain =
  'model' | 'scheme' | 'record' | 'policy' | 'settlement' | 'suspense' | 'vault' | 'stream' | 'shares';
type CoveredType = Exclude<LedgerIntentType, `${ElsewhereDomain}.${string}`>;
type CoveredAct = Exclude<ActName, `policy.${string}` | `payout.${string}` | `certificate.${string}`>;

type Loaders = { [Type in CoveredType]: (intent: Intent<Type>, context: IntentContext) => RuleOutcome };

/** A ledger in memory that loads, calls the rule and stores, as chaincode does. Time only moves when a test says so. */
export class World {
  now = 1_800_000_000;
  private readonly values = new Map<string, string>();
  private transactions = 0;

  constructor(withParameters = true) {
    if (withParameters)
      this.store({
        writes: [{ kind: 'parameters', id: [], value: PARAMETERS }],
        result: { id: '', type: '' },
      });
  }

  get<Kind extends LedgerKind>(kind: Kind, id: readonly string[]): LedgerDocuments[Kind] | undefined {
    const text = this.values.get([kind, ...id].join('~'));
    return text === undefined ? undefined : (JSON.parse(text) as LedgerDocuments[Kind]);
  }

  /** The value that must be there. */
  must<Kind extends LedgerKind>(kind: Kind, id: readonly string[]): LedgerDocuments[Kind] {
    const value = this.get(kind, id);
    if (value === undefined) throw new Error(`nothing under ${kind}`);
    return value;
  }

  /** Everything on the ledger, for comparisons. */
  snapshot(): string {
    return canonicalize(Object.fromEntries(this.values));
  }

  private store(outcome: RuleOutcome): RuleOutcome {
    for (const { kind, id, value } of outcome.writes)
      this.values.set([kind, ...id].join('~'), canonicalize(value));
    return outcome;
  }

  /** Builds, signs and submits an intent. */
  async submit<Type extends LedgerIntentType>(
    who: Person,
    type: Type,
    body: LedgerIntentBodies[Type],
    others: readonly Signer[] = [],
  ): Promise<RuleOutcome> {
    let envelope = await this.sign(who, type, body);
    for (const other of others) envelope = await countersign(envelope, other);
    return this.relay(envelope);
  }

  async sign<Type extends LedgerIntentType>(
    who: Person,
    type: Type,
    body: LedgerIntentBodies[Type],
  ): Promise<Envelope> {
    this.transactions += 1;
    const nonce = sha256Hex(`nonce ${this.transactions}`).slice(0, 32);
    const fields = { network: NETWORK, type, actor: who.id, nonce, expires_at: this.now + 600 };
    // TypeScript does not see that the ledger's bodies are among all bodies under a generic key.
    const typed = body as unknown as IntentBodies[Type];
    return signIntent(buildIntent<Type>({ ...fields, body: typed }), who.signer);
  }

  /** Opens, admits and runs a signed intent; stores what it writes. */
  relay(envelope: Envelope | string): RuleOutcome {
    const opened = openIntent(envelope);
    const { intent, intentId } = opened;
    const buyer = intent.type === 'right.sell' ? (intent as Intent<'right.sell'>).body.buyer : undefined;
    const { parameters, writes: marks } = admitIntent({
      envelope: opened,
      parameters: this.get('parameters', []),
      actor: this.get('actor', [intent.actor]),
      countersigner: buyer === undefined ? undefined : this.get('actor', [buyer]),
      replayed: this.get('intent', ledgerKeys.intent(intent.actor, intent.nonce)),
      at: this.now,
    });
    const context = { txId: sha256Hex(`tx ${intentId}`), at: this.now, intentId, parameters };
    if (!isLedgerIntentType(intent.type)) throw new Error(`${intent.type} does not go to the ledger`);
    const rule = this.loaders()[intent.type as CoveredType] as (
      intent: Intent,
      context: IntentContext,
    ) => RuleOutcome;
    const outcome = rule(intent, context);
    return this.store({ ...outcome, writes: [...outcome.writes, ...marks] });
  }

  /** Performs a role act. */
  act<Name extends CoveredAct>(
    mspId: string,
    role: string | undefined,
    name: Name,
    argument: ActArguments[Name],
  ): RuleOutcome {
    this.transactions += 1;
    const context: ActContext = {
      txId: sha256Hex(`tx ${this.transactions}`),
      at: this.now,
      caller: { mspId, role, certificateDigest: sha256Hex(`${mspId} ${role ?? ''}`) },
      parameters: this.get('parameters', []),
    };
    return this.store(this.runAct(name, parseActArgument(name, canonicalize(argument)), context));
  }

  private runAct(name: CoveredAct, argument: unknown, context: ActContext): RuleOutcome {
    const head = this.get('revocation-head', []);
    switch (name) {
      case 'review.decide': {
        const typed = argument as ActArguments['review.decide'];
        return decideReview({ artifact: this.get('artifact', [typed.artifact_id]) }, typed, context);
      }
      case 'revocation.issue': {
        const typed = argument as ActArguments['revocation.issue'];
        const subjects = new Map<string, SubjectState>(
          subjectsOf(typed.entries).map((subject) => [
            subjectName(subject),
            this.get(subject.kind, [subject.id]),
          ]),
        );
        return issueRevocations({ head, subjects }, typed, context);
      }
      case 'revocation.release': {
        const typed = argument as ActArguments['revocation.release'];
        const revocation = this.get('revocation', ledgerKeys.revocation(typed.number));
        const reference = revocation === undefined ? undefined : subjectReference(revocation);
        const subject = reference === undefined ? undefined : this.get(reference.kind, [reference.id]);
        return releaseRevocation({ head, revocation, subject }, typed, context);
      }
      case 'parameters.propose': {
        const typed = argument as ActArguments['parameters.propose'];
        return proposeParameters(
          { existing: this.get('proposal', [proposalId(typed.parameters)]) },
          typed,
          context,
        );
      }
      case 'parameters.approve': {
        const typed = argument as ActArguments['parameters.approve'];
        return approveParameters({ proposal: this.get('proposal', [typed.proposal_id]) }, typed, context);
      }
    }
  }

  private loaders(): Loaders {
    return {
      'actor.register': registerActor,
      'actor.rotate': (i, c) => rotateActor({ actor: this.must('actor', [i.actor]) }, i, c),
      'license.define': (i, c) =>
        defineLicense(
          {
            existing: this.get('license', [licenseId(i.actor, i.body.terms)]),
            actor: this.must('actor', [i.actor]),
          },
          i,
          c,
        ),
      ...this.artifactRules(),
      ...this.keyRules(),
      ...this.rightRules(),
      ...this.transferRules(),
    };
  }

  private head(): LedgerDocuments['revocation-head'] | undefined {
    return this.get('revocation-head', []);
  }

  private revocations(numbers: readonly number[]): (LedgerDocuments['revocation'] | undefined)[] {
    return numbers.map((number) => this.get('revocation', ledgerKeys.revocation(number)));
  }

  private parentState(id: string): ParentState {
    const artifact = this.get('artifact', [id]);
    return {
      artifact,
      license: artifact === undefined ? undefined : this.get('license', [artifact.license_id]),
    };
  }

  private artifactRules(): Pick<Loaders, 'artifact.register' | 'artifact.revoke' | 'artifact.release'> {
    return {
      'artifact.register': (i, c) =>
        registerArtifact(
          {
            existing: this.get('artifact', [artifactId(i.actor, i.body.name, i.body.version)]),
            license: this.get('license', [i.body.license_id]),
            parents: i.body.parents.map(({ artifact_id }) => this.parentState(artifact_id)),
            actor: this.must('actor', [i.actor]),
          },
          i,
          c,
        ),
      'artifact.revoke': (i, c) =>
        revokeArtifact({ artifact: this.get('artifact', [i.body.artifact_id]), head: this.head() }, i, c),
      'artifact.release': (i, c) => {
        const artifact = this.get('artifact', [i.body.artifact_id]);
        const revocations = this.revocations(liftableByMaker(artifact?.restrictions ?? [], i.actor));
        const actor = this.must('actor', [i.actor]);
        return releaseArtifact({ artifact, head: this.head(), revocations, actor }, i, c);
      },
    };
  }

  private keyRules(): Pick<Loaders, 'key.commit' | 'key.rotate' | 'key.revoke'> {
    const state = (intent: Intent<'key.commit' | 'key.rotate'>): ContentKeyState => ({
      contentKey: this.get('key', [intent.body.artifact_id]),
      artifact: this.get('artifact', [intent.body.artifact_id]),
      actor: this.must('actor', [intent.actor]),
    });
    return {
      'key.commit': (i, c) => commitContentKey(state(i), i, c),
      'key.rotate': (i, c) => rotateContentKey(state(i), i, c),
      'key.revoke': (i, c) =>
        revokeContentKey({ contentKey: this.get('key', [i.body.artifact_id]), head: this.head() }, i, c),
    };
  }

  private rightRules(): Pick<Loaders, 'right.issue' | 'right.suspend' | 'right.resume' | 'right.revoke'> {
    return {
      'right.issue': (i, c) =>
        issueRight(
          {
            artifact: this.get('artifact', [i.body.artifact_id]),
            license: this.get('license', [i.body.license_id]),
            holder: this.get('actor', [i.body.holder]),
            actor: this.must('actor', [i.actor]),
          },
          i,
          c,
        ),
      'right.suspend': (i, c) =>
        suspendRight({ right: this.get('right', [i.body.right_id]), head: this.head() }, i, c),
      'right.resume': (i, c) => {
        const right = this.get('right', [i.body.right_id]);
        const revocations = this.revocations(liftableByMaker(right?.restrictions ?? [], i.actor));
        const { artifact, actor } = this.claimState(i.actor, i.body.right_id);
        return resumeRight({ right, head: this.head(), revocations, artifact, actor }, i, c);
      },
      'right.revoke': (i, c) =>
        revokeRight({ right: this.get('right', [i.body.right_id]), head: this.head() }, i, c),
    };
  }

  private claimState(by: string, rightIdHex: string): ClaimState {
    const right = this.get('right', [rightIdHex]);
    return {
      right,
      license: right === undefined ? undefined : this.get('license', [right.license_id]),
      artifact: right === undefined ? undefined : this.get('artifact', [right.artifact_id]),
      actor: this.must('actor', [by]),
    };
  }

  private transferRules(): Pick<
    Loaders,
    'right.transfer' | 'right.gift' | 'right.sell' | 'right.bequeath' | 'right.claim'
  > {
    const state = (by: string, rightIdHex: string, to: string): TransferState => ({
      ...this.claimState(by, rightIdHex),
      recipient: this.get('actor', [to]),
    });
    return {
      'right.transfer': (i, c) => transferRight(state(i.actor, i.body.right_id, i.body.to), i, c),
      'right.gift': (i, c) => giftRight(state(i.actor, i.body.right_id, i.body.to), i, c),
      'right.sell': (i, c) => sellRight(state(i.actor, i.body.right_id, i.body.buyer), i, c),
      'right.bequeath': (i, c) => {
        const { beneficiary: heir } = i.body;
        const beneficiary = heir === null ? undefined : this.get('actor', [heir]);
        return bequeathRight({ ...this.claimState(i.actor, i.body.right_id), beneficiary }, i, c);
      },
      'right.claim': (i, c) => claimRight(this.claimState(i.actor, i.body.right_id), i, c),
    };
  }
}
