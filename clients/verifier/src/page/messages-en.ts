import { type CheckCode, CHECKS } from '@maker-registry/protocol';
import { type Messages } from './messages';

const NOT_FORGED = 'That does not show that the content is forged.';

/** The protocol’s own sentences. */
const CHECK_TEXTS = Object.fromEntries(
  Object.entries(CHECKS).map(([code, { explanation }]) => [code, explanation]),
) as Record<CheckCode, string>;

export const ENGLISH: Messages = {
  title: 'Verification report',
  withRisks: 'Risks are known. Read them below before you rely on this.',
  headings: {
    meaning: 'What this means',
    advice: 'What to do',
    checks: 'What was checked',
    risks: 'Risks',
    evidence: 'Evidence',
    again: 'How to check again',
    others: 'Other records that fit',
  },
  noRisks: 'The ledger shows none.',
  checksCaption: 'Checks in the order in which they were made',
  columns: { result: 'Result', what: 'What was found', subject: 'About' },
  severities: { success: 'Holds', informational: 'Note', failure: 'Fails' },
  labels: {
    status: 'Status',
    content: 'Content',
    bytes: 'Bytes',
    sha256: 'SHA-256 of the content',
    model: 'Model',
    scheme: 'Watermark scheme',
    record: 'Recorded content hash',
    parent: 'Parent’s content hash',
    claimedAt: 'Time that the model claims',
    transaction: 'Ledger transaction',
    recordedAt: 'Time of the transaction',
    digest: 'Digest that was signed',
    nonce: 'Nonce',
    context: 'Context hash',
    commitment: 'Parameters are the committed ones',
    signature: 'Signature verified',
    binding: 'Scheme belongs to the model',
    detection: 'Watermark found and tied to the record',
    confidence: 'Detector’s confidence',
    foundBy: 'Record found by',
    source: 'Facts taken from',
    network: 'Network',
    height: 'Ledger height',
    verifiedAt: 'Verified at',
  },
  yes: 'Yes',
  no: 'No',
  none: '—',
  foundBy: {
    'record-key': 'model and content hash',
    'content-hash': 'content hash',
    payload: 'the payload in the watermark',
  },
  sources: { gateway: 'gateway of an operator', mirror: 'mirror of the ledger', bundle: 'exported bundle' },
  othersIntro: 'The verdict is about the earliest record. These fit as well:',
  againIntro:
    'Nobody has to believe this page. With the file at hand, ask any operator; put the file’s name for FILE:',
  againOffline: 'Without a network, with a bundle that an operator exported:',
  againOutro:
    'The references and hashes above are all that is needed; whoever uses them must come to the same status at the same ledger height.',
  verdicts: {
    VALID: {
      sentence: 'Verified: the model’s key signed this claim, and the content belongs to it.',
      meaning:
        'The record is on the ledger, its watermark scheme is the published one, the signature holds, and the detector finds the watermark. It says which model made the content and when that was recorded; it does not say that what the content shows is true.',
      advice: 'You may rely on where the content comes from. Look at the risks, if any are listed.',
    },
    UNSUPPORTED_SCHEMA_VERSION: {
      sentence: 'Not verified: the record is of a version that this verifier does not know.',
      meaning: `A newer verifier may be able to read it. ${NOT_FORGED}`,
      advice: 'Check again with a newer version of the software.',
    },
    NOT_FOUND: {
      sentence: 'No record of this content was found.',
      meaning: `Most content was never recorded. ${NOT_FORGED} If it was changed after it was recorded, its record can be found only through its watermark.`,
      advice:
        'If you expected a record, ask whoever published the content for its model and scheme, and check again with them.',
    },
    MODEL_UNKNOWN: {
      sentence: 'Not verified: the model that the record names could not be resolved.',
      meaning: 'There is no key to check the signature with, so the claim stands without a signer.',
      advice: 'Check again with another source. Do not attribute the content to the model.',
    },
    SCHEME_UNKNOWN: {
      sentence: 'Not verified: the watermark scheme that the record names could not be resolved.',
      meaning: 'What the watermark should look like is unknown, so it could not be looked for.',
      advice: 'Check again with another source.',
    },
    SCHEME_MISMATCH: {
      sentence: 'Not verified: the watermark parameters are not the published ones.',
      meaning:
        'Somebody serves other parameters than those that were registered. With them a detector could find anything, so verification stopped.',
      advice: 'Do not rely on any finding made with these parameters. Obtain the registered document.',
    },
    SCHEME_MODEL_MISMATCH: {
      sentence: 'Not verified: the record uses a watermark scheme of another model.',
      meaning: 'Scheme and model do not belong together, so the claim contradicts itself.',
      advice: 'Do not attribute the content to the model.',
    },
    INVALID_SIG: {
      sentence: 'Not verified: the model’s key did not sign this claim.',
      meaning:
        'This is the strongest sign against a claim. A watermark that is found nevertheless is watermark evidence without authenticated attribution.',
      advice: 'Do not attribute the content to the model. Report it to the operators.',
    },
    PARENT_INVALID: {
      sentence: 'Not verified: the record names a parent that cannot be one.',
      meaning: 'What the claim says of the content’s origin contradicts itself.',
      advice: 'Do not rely on the lineage. Ask the maker.',
    },
    PARENT_NOT_FOUND: {
      sentence: 'Not verified: the content’s parent is not registered.',
      meaning: 'The network’s rules ask for a registered parent, so the lineage is not complete.',
      advice: 'Check again with a complete source, or ask the maker to register the parent.',
    },
    DETECTION_FAILED: {
      sentence: 'Not verified: the bytes are the recorded ones, but the watermark is not found.',
      meaning: 'The content was recorded as watermarked, and the published detector does not find it there.',
      advice: 'Ask the maker. The record may have been made for content without a watermark.',
    },
    INCONCLUSIVE: {
      sentence: 'Not decided: the record exists, but the content could not be tied to it.',
      meaning:
        'Something could not be checked, or the detector stayed below its threshold. The checks below say what. Neither origin nor forgery is shown.',
      advice: 'Supply what is missing (parameters, detector, a better copy) and check again.',
    },
    TAMPER_SUSPECT: {
      sentence: 'Suspicious: the content differs from the record, and the watermark is found in parts only.',
      meaning: 'The content may have been cut, pasted together or painted over after it was made.',
      advice: 'Look at the places that are named. Look for the original.',
    },
  },
  checks: CHECK_TEXTS,
};
