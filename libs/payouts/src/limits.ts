/** Bytes of a payout instruction's JSON text: names and numbers of one account take a few hundred. */
export const MAX_INSTRUCTION_BYTES = 4_096;
/** Characters of a party's name: SEPA takes 70 of ISO 20022's 140. */
export const MAX_PARTY_NAME_LENGTH = 70;
/** Characters of an IBAN, at least and at most (ISO 13616-1; the shortest in use is Norway's). */
export const MIN_IBAN_LENGTH = 15;
export const MAX_IBAN_LENGTH = 34;

/** Characters of an identifier in a payment file: Max35Text. */
export const MAX_ID_LENGTH = 35;
/** Characters of a batch's message id: PmtInfId is made of it with a hyphen and the currency, and is Max35Text. */
export const MAX_MESSAGE_ID_LENGTH = 31;
/** Payments of one file: about 10 MB of XML, and less than what banks commonly refuse. */
export const MAX_BATCH_PAYMENTS = 10_000;

/** Digits of an amount or sum in ISO 20022, fraction included (totalDigits of the schema). */
export const MAX_ISO_AMOUNT_DIGITS = 18;
/** Highest amount of one SEPA credit transfer, cents: 999 999 999.99 EUR (EPC132-08, usage of InstdAmt). */
export const MAX_SEPA_AMOUNT = 99_999_999_999n;

/** Bytes of a bank's notification: some 8 000 transactions with all their details. */
export const MAX_NOTIFICATION_BYTES = 8 * 1_024 * 1_024;
/** Entries of one notification: the debits of the largest batch, and as many returns. */
export const MAX_NOTIFICATION_ENTRIES = 20_000;
/** Opening and closing tags of one XML text; each becomes an object, so bytes alone do not bound the memory. */
export const MAX_XML_TAGS = 600_000;
/** Levels of nested elements: a notification has about fourteen. */
export const MAX_XML_DEPTH = 32;
/** Namespaces in force at one place: a notification has one to three, and each element may copy them all. */
export const MAX_XML_NAMESPACES = 16;
