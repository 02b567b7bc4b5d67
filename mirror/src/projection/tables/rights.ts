import { integer, part, parts, text } from '../document-fields';
import { type DocumentTable } from '../document-table';
import { amount, one, subjects } from '../table-fields';

const DECIMAL = /^(0|[1-9][0-9]{0,14})$/;

export const actors: DocumentTable = {
  table: 'actors',
  columns: [
    ['actor_id', 'text'],
    ['name', 'text'],
    ['status', 'text'],
    ['current_keyid', 'text'],
  ],
  keyColumns: 1,
  subject: 'actor',
  row(attributes, document) {
    const current = parts(document, 'keys').find((key) => text(key, 'status') === 'current') ?? {};
    return [one(attributes), text(document, 'name'), text(document, 'status'), text(current, 'keyid')];
  },
  mentions: () => [],
};

export const artifacts: DocumentTable = {
  table: 'artifacts',
  columns: [
    ['artifact_id', 'text'],
    ['kind', 'text'],
    ['maker', 'text'],
    ['name', 'text'],
    ['version', 'text'],
    ['state', 'text'],
    ['risk_class', 'text'],
    ['license_id', 'text'],
    ['root_digest', 'text'],
  ],
  keyColumns: 1,
  subject: 'artifact',
  row: (attributes, document) => [
    one(attributes),
    text(document, 'kind'),
    text(document, 'maker'),
    text(document, 'name'),
    text(document, 'version'),
    text(document, 'state'),
    text(part(document, 'risk'), 'class'),
    text(document, 'license_id'),
    text(document, 'root_digest'),
  ],
  mentions: (document) => [
    ...subjects(document, { maker: 'actor', license_id: 'license' }),
    ...parts(document, 'parents').flatMap((parent) => subjects(parent, { artifact_id: 'artifact' })),
  ],
};

export const licenses: DocumentTable = {
  table: 'licenses',
  columns: [
    ['license_id', 'text'],
    ['licensor', 'text'],
    ['name', 'text'],
  ],
  keyColumns: 1,
  subject: 'license',
  row: (attributes, document) => [one(attributes), text(document, 'licensor'), text(document, 'name')],
  mentions: (document) => subjects(document, { licensor: 'actor' }),
};

export const rights: DocumentTable = {
  table: 'rights',
  columns: [
    ['right_id', 'text'],
    ['artifact_id', 'text'],
    ['license_id', 'text'],
    ['maker', 'text'],
    ['holder', 'text'],
    ['device_id', 'text'],
    ['purpose', 'text'],
    ['status', 'text'],
    ['version', 'bigint'],
    ['expires_at', 'bigint'],
    ['last_transfer_at', 'bigint'],
  ],
  keyColumns: 1,
  subject: 'right',
  row: (attributes, document) => [
    one(attributes),
    text(document, 'artifact_id'),
    text(document, 'license_id'),
    text(document, 'maker'),
    text(document, 'holder'),
    text(document, 'device_id'),
    text(document, 'purpose'),
    text(document, 'status'),
    integer(document, 'version'),
    integer(document, 'expires_at'),
    integer(document, 'last_transfer_at'),
  ],
  mentions: (document) => [
    ...subjects(document, {
      artifact_id: 'artifact',
      license_id: 'license',
      maker: 'actor',
      holder: 'actor',
      device_id: 'device',
    }),
    ...subjects(part(document, 'bequest'), { beneficiary: 'actor' }),
  ],
};

export const contentKeys: DocumentTable = {
  table: 'content_keys',
  columns: [
    ['artifact_id', 'text'],
    ['current', 'bigint'],
  ],
  keyColumns: 1,
  subject: 'key',
  row: (attributes, document) => [one(attributes), integer(document, 'current')],
  mentions: (document) => subjects(document, { artifact_id: 'artifact', maker: 'actor' }),
};

export const sales: DocumentTable = {
  table: 'sales',
  columns: [
    ['right_id', 'text'],
    ['version', 'bigint'],
    ['artifact_id', 'text'],
    ['seller', 'text'],
    ['buyer', 'text'],
    ['currency', 'text'],
    ['amount', 'numeric'],
  ],
  keyColumns: 2,
  subject: null,
  row(attributes, document) {
    const [rightId, version] = attributes;
    if (attributes.length !== 2 || rightId === undefined || !DECIMAL.test(version ?? '')) return null;
    const price = part(document, 'price');
    return [
      rightId,
      Number(version),
      text(document, 'artifact_id'),
      text(document, 'seller'),
      text(document, 'buyer'),
      text(price, 'currency'),
      amount(text(price, 'amount')),
    ];
  },
  mentions: (document) => [
    ...subjects(document, { right_id: 'right', artifact_id: 'artifact', seller: 'actor', buyer: 'actor' }),
    ...subjects(part(document, 'royalty'), { payee: 'actor' }),
  ],
};
