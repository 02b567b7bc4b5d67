import { type Model } from '../domain/model';
import { type GenerationRecord } from '../domain/record';
import { type Scheme } from '../domain/scheme';

/** What a record's reader should weigh although the record is what it was: none of them makes it vanish (P-140). */
export type RecordRisk =
  | 'key-compromised'
  | 'scheme-revoked'
  | 'scheme-deprecated'
  | 'model-disabled'
  | 'parent-unregistered'
  | 'backfilled';

/** The risks of a record as its model and scheme stand now, the gravest first. */
export function recordRisks(record: GenerationRecord, model: Model, scheme: Scheme): RecordRisk[] {
  const risks: readonly (readonly [RecordRisk, boolean])[] = [
    ['key-compromised', isUnderCompromisedKey(record, model)],
    ['scheme-revoked', scheme.status === 'revoked'],
    ['scheme-deprecated', scheme.status === 'deprecated' || record.annotations.includes('scheme-deprecated')],
    ['model-disabled', model.flags.disabled],
    ['parent-unregistered', record.annotations.includes('parent-unregistered')],
    ['backfilled', record.annotations.includes('backfilled')],
  ];
  return risks.filter(([, applies]) => applies).map(([risk]) => risk);
}

/**
 * Whether the record was made under a key that cannot be relied on for its time. The place in the ledger is what counts
 * for a thief's record too: it may claim any time, so one recorded after the key's compromise counts as late.
 */
export function isUnderCompromisedKey(record: GenerationRecord, { keys }: Pick<Model, 'keys'>): boolean {
  const from = keys.find(({ version }) => version === record.key_version)?.compromised_from;
  return from !== undefined && (record.timestamp >= from || record.recorded.at >= from);
}
