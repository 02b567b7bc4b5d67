/** What the receipt page says, in one language. */
export interface Messages {
  readonly title: string;
  readonly intro: string;
  readonly file: string;
  readonly fileHint: string;
  readonly genesis: string;
  readonly genesisHint: string;
  readonly verify: string;
  readonly working: string;
  readonly missingFile: string;
  readonly badGenesis: string;
  readonly accepted: string;
  readonly refused: string;
  readonly valid: string;
  readonly invalid: string;
  readonly operators: (signed: string, of: number) => string;
  readonly code: string;
  readonly checks: string;
  readonly check: string;
  readonly result: string;
  readonly detail: string;
  readonly holds: string;
  readonly fails: string;
  readonly statement: string;
  readonly newer: string;
  /** Checks by name. */
  readonly checkNames: Readonly<Record<string, string>>;
}

export const ENGLISH: Messages = {
  title: 'Verify a receipt',
  intro:
    'This page checks a receipt of the Maker Registry on your own machine. It sends nothing anywhere and needs no network.',
  file: 'Receipt file',
  fileHint: 'Choose the file, or drop it anywhere on this page.',
  genesis: 'Genesis hash of the network',
  genesisHint: '64 characters, 0–9 and a–f, from a source you trust.',
  verify: 'Verify',
  working: 'Verifying …',
  missingFile: 'Choose a receipt file first.',
  badGenesis: 'The genesis hash is not 64 characters of 0–9 and a–f.',
  accepted: 'Accepted: everything the receipt states is proved.',
  refused: 'Refused: the receipt proves nothing.',
  valid: 'The transaction took effect.',
  invalid: 'The transaction has no effect; the ledger refused it:',
  operators: (signed, of) => `Signed by ${signed}; the network has ${of} operators.`,
  code: 'Code',
  checks: 'What was checked',
  check: 'Check',
  result: 'Result',
  detail: 'Detail',
  holds: 'holds',
  fails: 'does not hold',
  statement: 'What is proved',
  newer: 'A receipt can’t tell whether the network’s configuration has changed since.',
  checkNames: {
    form: 'Form of the file',
    configuration: 'Configurations from the genesis block',
    attestation: 'Operators’ signatures',
    block: 'Place in the chain',
    state: 'Value and its transaction',
    prefix: 'Ledger up to the block',
    policy: 'Enough operators',
  },
};

export const JAPANESE: Messages = {
  title: '領収証明（レシート）の検証',
  intro:
    'このページは、Maker Registry のレシートをお手元の機器だけで検証します。データはどこにも送信されず、ネットワークも不要です。',
  file: 'レシートファイル',
  fileHint: 'ファイルを選ぶか、このページにドロップしてください。',
  genesis: 'ネットワークのジェネシスハッシュ',
  genesisHint: '信頼できる情報源から得た、0–9 と a–f の 64 文字。',
  verify: '検証する',
  working: '検証中…',
  missingFile: '先にレシートファイルを選んでください。',
  badGenesis: 'ジェネシスハッシュが 0–9 と a–f の 64 文字ではありません。',
  accepted: '承認：レシートの記載はすべて証明されています。',
  refused: '拒否：このレシートは何も証明しません。',
  valid: 'トランザクションは有効で、台帳に反映されました。',
  invalid: 'トランザクションは無効です。台帳が拒否した理由：',
  operators: (signed, of) => `署名した運営者：${signed}（ネットワーク全体の運営者数：${of}）`,
  code: 'コード',
  checks: '確認した項目',
  check: '項目',
  result: '結果',
  detail: '詳細（英語）',
  holds: '成立',
  fails: '不成立',
  statement: '証明された内容',
  newer: 'その後ネットワークの構成が変わったかどうかは、レシートだけでは分かりません。',
  checkNames: {
    form: 'ファイルの形式',
    configuration: 'ジェネシスブロックからの構成',
    attestation: '運営者の署名',
    block: 'ブロックチェーン上の位置',
    state: '値と書き込んだトランザクション',
    prefix: '指定ブロックまでの台帳',
    policy: '必要な運営者数',
  },
};
