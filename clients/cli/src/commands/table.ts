import { type CliCommand } from '../command';
import { actorRegister } from './actor-register';
import { actorRotate } from './actor-rotate';
import { actorShow } from './actor-show';
import { artifactRegister } from './artifact-register';
import { artifactRelease } from './artifact-release';
import { artifactRevoke } from './artifact-revoke';
import { artifactShow } from './artifact-show';
import { attestVerifyQuote } from './attest-verify-quote';
import { auditExport } from './audit-export';
import { auditQueries, auditReport, auditReports } from './audit-reports';
import { auditSearch } from './audit-search';
import { auditStatistics } from './audit-statistics';
import { auditTimeline } from './audit-timeline';
import { bundleExport } from './bundle-export';
import { ceremonySign } from './ceremony-sign';
import { ceremonyVerify } from './ceremony-verify';
import { commitPolicy } from './commit-policy';
import { commitScheme } from './commit-scheme';
import { crlChannel } from './crl-channel';
import { crlLift } from './crl-lift';
import { crlRevoke } from './crl-revoke';
import { crlStatus } from './crl-status';
import { crlSuspend } from './crl-suspend';
import { crlVerify } from './crl-verify';
import { digest } from './digest';
import { encodeAttestationCommand } from './encode-attestation';
import { encodeId } from './encode-id';
import { keyCommit } from './key-commit';
import { keyDeposit } from './key-deposit';
import { keyRevoke } from './key-revoke';
import { keyRotate } from './key-rotate';
import { keySplit } from './key-split';
import { keysGenerate } from './keys-generate';
import { keysShow } from './keys-show';
import { licenseDefine } from './license-define';
import { listFetch } from './list-fetch';
import { listVerify } from './list-verify';
import { modelCompromise } from './model-compromise';
import { modelRegister } from './model-register';
import { modelRotate } from './model-rotate';
import { modelShow } from './model-show';
import { modelDisable, modelEnable, modelFreeze } from './model-switches';
import { modelUpdate } from './model-update';
import { operation } from './operation';
import { parametersApprove } from './parameters-approve';
import { parametersPropose } from './parameters-propose';
import { payoutExport } from './payout-export';
import { payoutReconcile } from './payout-reconcile';
import { payoutReport } from './payout-report';
import { policyDispute, policySettleDispute } from './policy-disputes';
import { policyDeprecate, policyFreeze, policyRevoke } from './policy-marks';
import { policySet } from './policy-set';
import { policyShow } from './policy-show';
import { receipt } from './receipt';
import { receiptPrefix } from './receipt-prefix';
import { receiptState } from './receipt-state';
import { recordBackfill } from './record-backfill';
import { recordLineage } from './record-lineage';
import { recordRegister } from './record-register';
import { recordShow } from './record-show';
import { recordSign } from './record-sign';
import { reviewDecide } from './review-decide';
import { revocationIssue } from './revocation-issue';
import { revocationRelease } from './revocation-release';
import { reportVerify } from './report-verify';
import { rightAccept } from './right-accept';
import { rightBequeath } from './right-bequeath';
import { rightClaim } from './right-claim';
import { rightGift } from './right-gift';
import { rightIssue } from './right-issue';
import { rightResume } from './right-resume';
import { rightRevoke } from './right-revoke';
import { rightSell } from './right-sell';
import { rightShow } from './right-show';
import { rightSuspend } from './right-suspend';
import { rightTransfer } from './right-transfer';
import { schemeDeprecate, schemeRevoke } from './scheme-marks';
import { schemeRegister } from './scheme-register';
import { schemeShow } from './scheme-show';
import { settle } from './settle';
import { settleReplay } from './settle-replay';
import { settleShow } from './settle-show';
import { settleSimulate } from './settle-simulate';
import { sharesClaim } from './shares-claim';
import { sharesCollect } from './shares-collect';
import { sharesIssue } from './shares-issue';
import { sharesShow } from './shares-show';
import { sharesTransfer } from './shares-transfer';
import { status } from './status';
import { streamClose } from './stream-close';
import { streamOpen } from './stream-open';
import { streamSettle } from './stream-settle';
import { streamShow } from './stream-show';
import { suspenseList } from './suspense-list';
import { suspenseRelease } from './suspense-release';
import { timeline } from './timeline';
import { token } from './token';
import { vaultCollect } from './vault-collect';
import { vaultCredits } from './vault-credits';
import { vaultShow } from './vault-show';
import { vaultWithdraw } from './vault-withdraw';
import { verify } from './verify';
import { verifyReceiptCommand } from './verify-receipt';
import { verifySignatureCommand } from './verify-signature';
import { verifyToken } from './verify-token';
import { watermarkDetect } from './watermark-detect';
import { watermarkEmbed } from './watermark-embed';
import { watermarkEvaluate } from './watermark-evaluate';
import { watermarkKey } from './watermark-key';
import { watermarkScheme } from './watermark-scheme';
import { watermarkSchemes } from './watermark-schemes';
import { watermarkSynthid } from './watermark-synthid';

/** Every command of `registry`. */
export const COMMANDS: readonly CliCommand[] = [
  actorRegister,
  actorRotate,
  actorShow,
  artifactRegister,
  artifactRelease,
  artifactRevoke,
  artifactShow,
  attestVerifyQuote,
  auditExport,
  auditQueries,
  auditReport,
  auditReports,
  auditSearch,
  auditStatistics,
  auditTimeline,
  ceremonySign,
  ceremonyVerify,
  bundleExport,
  commitPolicy,
  commitScheme,
  crlChannel,
  crlLift,
  crlRevoke,
  crlStatus,
  crlSuspend,
  crlVerify,
  digest,
  encodeAttestationCommand,
  encodeId,
  keyCommit,
  keyDeposit,
  keyRevoke,
  keyRotate,
  keySplit,
  keysGenerate,
  keysShow,
  licenseDefine,
  listFetch,
  listVerify,
  modelCompromise,
  modelRegister,
  modelRotate,
  modelShow,
  modelFreeze,
  modelDisable,
  modelEnable,
  modelUpdate,
  operation,
  parametersApprove,
  parametersPropose,
  payoutExport,
  payoutReconcile,
  payoutReport,
  policyDispute,
  policySettleDispute,
  policyDeprecate,
  policyRevoke,
  policyFreeze,
  policySet,
  policyShow,
  receipt,
  receiptPrefix,
  receiptState,
  recordBackfill,
  recordLineage,
  recordRegister,
  recordShow,
  recordSign,
  reportVerify,
  reviewDecide,
  revocationIssue,
  revocationRelease,
  rightAccept,
  rightBequeath,
  rightClaim,
  rightGift,
  rightIssue,
  rightResume,
  rightRevoke,
  rightSell,
  rightShow,
  rightSuspend,
  rightTransfer,
  schemeDeprecate,
  schemeRevoke,
  schemeRegister,
  schemeShow,
  settleReplay,
  settleShow,
  settleSimulate,
  settle,
  sharesClaim,
  sharesCollect,
  sharesIssue,
  sharesShow,
  sharesTransfer,
  status,
  streamClose,
  streamOpen,
  streamSettle,
  streamShow,
  suspenseList,
  suspenseRelease,
  timeline,
  token,
  vaultCollect,
  vaultCredits,
  vaultShow,
  vaultWithdraw,
  verify,
  verifyReceiptCommand,
  verifySignatureCommand,
  verifyToken,
  watermarkDetect,
  watermarkEmbed,
  watermarkEvaluate,
  watermarkKey,
  watermarkScheme,
  watermarkSchemes,
  watermarkSynthid,
];
