export { type FileAttack } from './attacks/file-attack';
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
