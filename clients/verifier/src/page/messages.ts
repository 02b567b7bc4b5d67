import { type CheckCode, type CheckSeverity, type VerificationStatus } from '@maker-registry/protocol';
import { type FoundBy } from '../verification';

/** What the page says of a status. */
export interface VerdictMessages {
  /** The verdict in one sentence. */
  readonly sentence: string;
  /** What that means, and what it does not. */
  readonly meaning: string;
  /** What to do. */
  readonly advice: string;
}

/** Every text of the page in one language. */
export interface Messages {
  readonly title: string;
  readonly withRisks: string;
  readonly headings: Readonly<
    Record<'meaning' | 'advice' | 'checks' | 'risks' | 'evidence' | 'again' | 'others', string>
  >;
  readonly noRisks: string;
  readonly checksCaption: string;
  readonly columns: Readonly<Record<'result' | 'what' | 'subject', string>>;
  /** The word beside the sign, so that nobody needs to see colors. */
  readonly severities: Readonly<Record<CheckSeverity, string>>;
  readonly labels: Readonly<
    Record<
      | 'status'
      | 'content'
      | 'bytes'
      | 'sha256'
      | 'model'
      | 'scheme'
      | 'record'
      | 'parent'
      | 'claimedAt'
      | 'transaction'
      | 'recordedAt'
      | 'digest'
      | 'nonce'
      | 'context'
      | 'commitment'
      | 'signature'
      | 'binding'
      | 'detection'
      | 'confidence'
      | 'foundBy'
      | 'source'
      | 'network'
      | 'height'
      | 'verifiedAt',
      string
    >
  >;
  readonly yes: string;
  readonly no: string;
  readonly none: string;
  readonly foundBy: Readonly<Record<FoundBy, string>>;
  readonly sources: Readonly<Record<'gateway' | 'mirror' | 'bundle', string>>;
  readonly othersIntro: string;
  readonly againIntro: string;
  readonly againOffline: string;
  readonly againOutro: string;
  readonly verdicts: Readonly<Record<VerificationStatus, VerdictMessages>>;
  readonly checks: Readonly<Record<CheckCode, string>>;
}
