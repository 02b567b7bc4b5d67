export { type AttackGroup, type FileAttack } from './attacks/file-attack';
export { WATERMARK_ERROR_CODES, WatermarkError, type WatermarkErrorCode } from './errors/watermark-error';
export { KeyedStream } from './keys/keyed-stream';
export { NO_KEY_COMMITMENT, WatermarkKey } from './keys/watermark-key';
export { schemeDocumentOf, schemeOf, SCHEMES } from './scheme/scheme-table';
export {
  type ContentSource,
  type Detection,
  type EmbedReport,
  type EmbedTask,
  type LocalEvidence,
  MEDIA,
  type Medium,
  type WatermarkScheme,
  type WatermarkTask,
} from './scheme/watermark-scheme';
export { attacksOn } from './attacks/attack-table';
export { WATERMARK_ERROR_ACTIONS } from './errors/error-actions';
export {
  evaluateScheme,
  type Evaluation,
  type EvaluationRow,
  type EvaluationTable,
} from './evaluate/evaluate-scheme';
export { embedderOf } from './scheme/embedder';
export { committedTo } from './scheme/commit-document';
export { detectorsFor, type SchemeDetector, type SchemeDetectorContext } from './scheme/detectors';
export { payloadFromHex, payloadFromNonce } from './scheme/payload-bytes';
export { type OpenedScheme, readSchemeDocument } from './scheme/read-scheme-document';
export { type ReadyMade, readyMadeSchemes } from './scheme/ready-made';
export { synthIdConfig, type SynthIdConfig } from './text/synthid-config';
export { SynthIdDetector, type SynthIdReport } from './text/synthid-detector';
export { MEDIA_LIMITS, type MediaLimits } from './media/media-limits';
export { probeMedia, type AudioStream, type MediaProbe, type VideoStream } from './media/media-probe';
export { transcodeMedia } from './media/media-transcode';
export {
  type CandidateLogits,
  type DenseLogits,
  type LogitsProcessor,
  logitsProcessor,
} from './text/logits-processor';
export { readText, type TextReading } from './text/text-normalization';
export { Tokenizer } from './text/tokenizer';
