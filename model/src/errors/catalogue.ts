/**
 * What may be tried again after an error: the same request under the same id (it may have
 * happened), the same intent under a new id (it has not happened and this id is spent), or nothing.
 */
export type RetryClass = 'same-id' | 'new-id' | 'never';

/** One failure that the product expects. */
export type ErrorEntry = {
  /** HTTP status at the edges (RFC 9110). */
  readonly status: number;
  readonly retry: RetryClass;
  /** What it means and what to do, in one sentence, for people. */
  readonly means: string;
};

const refused = (status: number, means: string): ErrorEntry => ({ status, retry: 'never', means });

/**
 * Every failure that a contract or a feed answers with, by a code that stays. Clients may rely on
 * the codes; the details that come with them are for people.
 */
export const errorCatalogue = {
  // What cannot be read.
  REQUEST_MALFORMED: refused(400, 'The request is no JSON of the shape that the function takes.'),
  REQUEST_TOO_LARGE: refused(413, 'The request is longer than the limit: send less at once.'),
  VID_INVALID: refused(400, 'A vid is 128 bits as 26 characters of lower-case base32.'),
  VIN_INVALID: refused(400, 'A VIN has 17 characters, digits and capitals without I, O and Q.'),
  VIN_CHECK_DIGIT_WRONG: refused(400, 'The ninth character of the VIN is not its check digit.'),
  MSP_ID_INVALID: refused(400, 'An MSP id is 1 to 64 letters, digits, dots, dashes.'),
  SOURCE_ID_INVALID: refused(400, 'A source is MSP id, slash, and its name in lower case.'),
  EVENT_ID_INVALID: refused(400, 'An id is 1 to 64 letters, digits, or . _ : -'),
  COMMAND_ID_INVALID: refused(400, 'A command id is 8 to 64 letters, digits, or . _ : -'),
  KEY_ID_INVALID: refused(400, 'A key id is an RFC 7638 thumbprint: 43 characters of base64url.'),
  PUBLIC_KEY_INVALID: refused(400, 'A public key is a JWK of a point on P-256.'),
  ACCOUNT_INVALID: refused(
    400,
    'An account is org:<MSP id>, org:<MSP id>/<name>, or key:<key id>.',
  ),
  AMOUNT_INVALID: refused(400, 'An amount is a whole number of minor units in decimal digits.'),
  EUROS_INVALID: refused(400, 'Euros are written 25 or 25.50: digits, and two behind a point.'),
  DAY_INVALID: refused(400, 'A day of the calendar is written YYYY-MM-DD.'),
  INSTANT_INVALID: refused(400, 'A time is written YYYY-MM-DDTHH:MM:SS.sssZ.'),
  KIND_UNKNOWN: refused(400, 'No event of that kind can be recorded.'),
  METHOD_UNKNOWN: refused(400, 'No such method of observation.'),
  FIELD_CLASS_UNKNOWN: refused(
    400,
    'No such class of fields, and no field that is sealed by itself.',
  ),
  SIGNAL_UNKNOWN: refused(400, 'No such signal in the catalogue of signals.'),
  UNIT_UNKNOWN: refused(400, 'The signal is not kept in that unit: convert it first.'),
  ODOMETER_INVALID: refused(
    400,
    'An odometer is a whole number of kilometres from 0 to 9,999,999.',
  ),
  REASON_INVALID: refused(400, 'A reason is 1 to 200 characters without control characters.'),
  REFERENCE_INVALID: refused(400, 'A reference is 1 to 64 letters, digits, or . _ : / -'),
  ROLE_UNKNOWN: refused(400, 'No such role of a member.'),
  PARAMETER_UNKNOWN: refused(400, 'No parameter of that name.'),
  PARAMETER_VALUE_INVALID: refused(400, 'The parameter does not take that value.'),
  SUITE_NOT_ALLOWED: refused(400, 'Fields are not sealed by a suite that is allowed now.'),
  SEALED_FIELD_INVALID: refused(
    400,
    'A sealed field is base64url, its first byte names the suite.',
  ),
  GRANT_INVALID: refused(400, 'The grant does not say who may read what, for what and until when.'),

  // Batches.
  BATCH_EMPTY: refused(400, 'The batch has nothing in it.'),
  BATCH_TOO_LARGE: refused(413, 'A batch has 500 entries at most: split it.'),
  EVENT_ID_REPEATED: refused(400, 'Two events of the batch have the same id.'),

  // Time.
  DAY_IN_FUTURE: refused(422, 'That day has not begun anywhere on Earth.'),
  DAY_ABSURD: refused(422, 'That day is before the first motor car.'),
  CLOCK_SKEWED: {
    status: 503,
    retry: 'new-id',
    means: "The transaction's time is more than 120 s from the endorser's clock: set the clock.",
  },
  EXPIRY_INVALID: refused(422, 'It would have expired already, or lasts longer than is allowed.'),
  NOT_EXPIRED: refused(409, 'Before it expires only its settler may end it.'),
  HOLD_EXPIRED: refused(409, 'The hold has expired: it can only be closed.'),

  // Who may.
  FOUNDED_ALREADY: refused(409, 'The consortium has been founded; further members are admitted.'),
  MEMBER_UNKNOWN: refused(403, 'That organisation is no member of the consortium.'),
  MEMBER_KNOWN: refused(409, 'That organisation is a member already.'),
  MEMBER_SUSPENDED: refused(403, 'That member is suspended.'),
  ROLE_MISSING: refused(403, 'The caller has no role that may do this.'),
  ADMIN_REQUIRED: refused(403, "Only an administrator's certificate may do this."),
  SAME_ORGANISATION: refused(403, 'A second organisation has to do this.'),
  SOURCE_UNKNOWN: refused(404, 'No such source is registered.'),
  SOURCE_KNOWN: refused(409, 'That source is registered already.'),
  SOURCE_SUSPENDED: refused(403, 'That source is suspended.'),
  SOURCE_FOREIGN: refused(403, 'The source belongs to another organisation.'),
  SOURCE_KEY_UNKNOWN: refused(403, "The caller's key is not one of the source's keys."),
  KIND_NOT_ALLOWED: refused(403, 'No role of the source may record events of that kind.'),
  METHOD_NOT_ALLOWED: refused(403, 'The source does not observe by that method.'),

  // Signed commands.
  COMMAND_ID_REUSED: refused(409, 'The command id was used with another payload: take a new one.'),
  COMMAND_MALFORMED: refused(
    400,
    'The command is no compact JWS with ES256 of the claims asked for.',
  ),
  COMMAND_SIGNATURE_INVALID: refused(403, 'The signature does not verify.'),
  COMMAND_SIGNER_FOREIGN: refused(403, 'It is signed by somebody else than whose it is.'),
  COMMAND_TARGET_WRONG: refused(403, 'It was signed for another target, function or ledger.'),
  COMMAND_EXPIRED: refused(403, 'The command has expired: sign a new one.'),
  COMMAND_REPLAYED: refused(
    409,
    'Its nonce was used by another command: sign one with a new nonce.',
  ),

  // Proofs of who sends a request.
  PROOF_REQUIRED: refused(401, 'The request has to prove a key: sign it, header DPoP.'),
  PROOF_MALFORMED: refused(401, 'The proof is no JWS with ES256 of the claims asked for.'),
  PROOF_SIGNATURE_INVALID: refused(401, "The proof's signature does not verify."),
  PROOF_TARGET_WRONG: refused(401, 'The proof is for another method, URL or body.'),
  PROOF_EXPIRED: {
    status: 401,
    retry: 'new-id',
    means: 'The proof is older than a minute, or not of now: set the clock, sign again.',
  },
  PROOF_REPLAYED: {
    status: 401,
    retry: 'new-id',
    means: 'The proof was used: sign each request anew.',
  },
  CALLER_UNKNOWN: refused(403, 'The certificate is not of a user of a member.'),

  // Matching VIN and log book.
  OPRF_ELEMENT_INVALID: refused(
    400,
    'A blinded element is a compressed point on P-256, base64url.',
  ),
  OPRF_KEY_UNKNOWN: refused(400, 'The evaluator has no such key.'),
  OPRF_PROOF_INVALID: refused(502, 'The evaluation was not made with the key that is known.'),
  TAG_INVALID: refused(400, 'A tag is the id of a key, a dot, and 32 bytes as base64url.'),
  TAG_KEYS_WRONG: refused(400, 'The registry takes a tag of each key that is in use.'),
  TAG_CONFLICT: refused(409, 'The tags stand for different vehicles already.'),
  COMMITMENT_INVALID: refused(400, 'The commitment is not to that VIN and paper.'),
  DISPUTE_UNKNOWN: refused(404, 'The vehicle is not in dispute, or not with that claimant.'),
  RATE_LIMITED: {
    status: 429,
    retry: 'new-id',
    means: 'More was asked for than is allowed in that time: wait, and ask for less.',
  },

  // Vehicles.
  VEHICLE_UNKNOWN: refused(404, 'No vehicle is registered under that vid.'),
  VEHICLE_KNOWN: refused(409, 'A vehicle is registered under that vid already.'),
  TICKET_USED: refused(409, 'The registration ticket has been used.'),
  ODOMETER_REQUIRED: refused(422, 'An event of that kind carries an odometer reading.'),
  LIFE_CYCLE_REFUSED: refused(409, "The vehicle's life-cycle state does not allow this."),
  EXPERT_NOT_INDEPENDENT: refused(
    403,
    'Another accredited expert than the declarer has to do this.',
  ),
  VEHICLE_NOT_TRANSFERABLE: refused(409, 'A vehicle in that state cannot change hands.'),
  OWNER_UNKNOWN: refused(409, 'Nobody is on record as the owner of the vehicle.'),
  OWNER_KNOWN: refused(409, 'The vehicle has an owner: they must hand it over.'),
  EVENT_UNKNOWN: refused(404, 'No such event in the log book.'),
  EVENT_VOIDED: refused(409, 'The event is void already.'),
  EVENT_NOT_VOIDABLE: refused(409, 'An event of that kind cannot be voided.'),

  // Consent.
  EPOCH_INVALID: refused(
    409,
    'There is no key of that epoch: the next key of a scope has the next one.',
  ),
  EPOCHS_SPENT: refused(
    409,
    'The vehicle has had the last key of that scope: name other scopes. What was sealed stays readable.',
  ),
  SEALING_KEY_MISSING: refused(409, 'The owner has published no key to seal the fields to.'),
  OPENING_KEY_MISSING: refused(403, 'There is no key here that opens it.'),
  SUITE_UNKNOWN: refused(409, 'It is sealed by a suite, or in a version, that is not known here.'),
  READER_KEY_UNKNOWN: refused(404, 'There is no such reader key here, or it was destroyed.'),
  WALLET_INVALID: refused(422, 'The file is no wallet, or was changed.'),
  WALLET_KEY_UNKNOWN: refused(404, 'The wallet has no such key, or it was destroyed.'),
  WALLET_BUSY: {
    status: 409,
    retry: 'same-id',
    means: 'Others write to the same wallet all the time: close other windows, and try again.',
  },
  PASSPHRASE_WRONG: refused(403, 'The passphrase does not open the wallet.'),
  RECOVERY_PHRASE_WRONG: refused(403, 'These are not the 24 words of the wallet.'),
  SEAL_BROKEN: refused(409, 'It was changed, or sealed by another key or for another place.'),
  EPOCH_CLOSED: refused(
    409,
    'Fields are sealed to a key that is closed: read the keys, and seal anew.',
  ),
  ERASED_ALREADY: refused(409, 'It was erased already.'),
  OWNERSHIP_UNKNOWN: refused(404, 'The vehicle had no such owner.'),
  GRANT_UNKNOWN: refused(404, 'No such grant of that owner.'),
  GRANT_ENDED: refused(410, 'The grant has ended already.'),
  GRANT_NOT_BEGUN: refused(403, 'The grant begins later.'),
  SCOPE_NOT_GRANTED: refused(403, 'No grant of the caller that is in force opens that scope.'),
  QUERIES_SPENT: refused(403, 'The grant allowed so many queries, and they are used up.'),
  OWNER_REQUIRED: refused(403, 'Only the present owner of the vehicle may do this.'),

  // Tokens.
  ASSET_UNKNOWN: refused(400, 'There are two tokens: PCC and PCC-GOLD.'),
  AMOUNT_ZERO: refused(400, 'The amount must be above nothing.'),
  LANE_INVALID: refused(400, 'A balance lane is a whole number from 0 to 15.'),
  ACCOUNT_FOREIGN: refused(403, 'The account belongs to somebody else.'),
  GOLD_MEMBERS_ONLY: refused(403, 'Only members of the consortium hold PCC-Gold.'),
  BALANCE_INSUFFICIENT: refused(409, 'The lane has less than that to spend: fold credits into it.'),
  CREDIT_UNKNOWN: refused(404, 'No such unfolded credit of the account.'),
  CREDITS_INVALID: refused(400, 'Name 1 to 500 different credits.'),
  LEGS_INVALID: refused(400, 'Name 1 to 1,000 legs.'),
  HOLD_UNKNOWN: refused(404, 'No such hold.'),
  HOLD_CLOSED: refused(409, 'The hold is closed.'),
  HOLD_EXCEEDED: refused(409, 'More than the hold has left.'),
  DEPOSIT_USED: refused(409, 'A mint of that deposit exists.'),
  PAYOUT_USED: refused(409, 'A burn of that payout exists.'),
  MINT_UNKNOWN: refused(404, 'No such mint is proposed.'),
  MINT_ENDED: refused(409, 'The mint was approved or rejected already.'),
  REDEMPTION_UNKNOWN: refused(404, 'No such redemption.'),
  REDEMPTION_ENDED: refused(409, 'The redemption was paid or rejected already.'),
  RESERVE_EXCEEDED: refused(
    409,
    'The supply would be above the attested reserve: attest more first.',
  ),
  RESERVE_BELOW_SUPPLY: refused(409, 'The reserve would be below the supply: redeem first.'),
  RESERVE_STALE: refused(409, 'A later attestation is on the ledger.'),
  RESERVE_IN_FUTURE: refused(422, 'A reserve is attested as of a time that has been.'),

  // The market.
  LEDGER_ID_INVALID: refused(400, 'A ledger is fabric: and 32 hexadecimal digits.'),
  DIGEST_INVALID: refused(400, 'A digest is SHA-256 as 64 hexadecimal digits in lower case.'),
  LEDGER_UNNAMED: refused(409, 'Members have not said yet which ledger this is: market.ledger.'),
  PRODUCT_ID_INVALID: refused(400, 'A product is 2 to 48 small letters, digits and dashes.'),
  PRODUCT_INVALID: refused(400, 'The descriptor of the product is not of the shape asked for.'),
  PRODUCT_DIGEST_WRONG: refused(422, "It is not the digest of the descriptor's canonical JSON."),
  PRODUCT_VERSION_WRONG: refused(409, 'The next version of a product is one above its newest.'),
  PRODUCT_UNKNOWN: refused(404, 'No such product, or no such version of it.'),
  PRODUCT_FOREIGN: refused(403, 'The product is of another operator.'),
  PRODUCT_WITHDRAWN: refused(409, 'The product is withdrawn already.'),
  TAB_UNKNOWN: refused(404, 'The buyer has no such tab.'),
  TAB_FOREIGN: refused(403, 'The tab is of another operator.'),
  TAB_REFUSED: refused(409, 'The state of the tab does not allow this.'),
  TAB_FULL: refused(409, 'The tab was topped up 32 times: open another one.'),
  TAB_REPEATED: refused(400, 'A tab comes twice in the settlement.'),
  VOUCHER_MALFORMED: refused(400, 'The voucher is no compact JWS with ES256 of its claims.'),
  VOUCHER_SIGNATURE_INVALID: refused(403, 'The signature of the voucher does not verify.'),
  VOUCHER_FOREIGN: refused(
    403,
    'The voucher is of another ledger, contract, tab, operator, buyer.',
  ),
  VOUCHER_EXPIRED: refused(409, 'The voucher has expired: a new one has to be signed.'),
  VOUCHER_OUTDATED: refused(409, 'A later voucher of the tab was settled.'),
  VOUCHER_EXCEEDED: refused(409, 'More is claimed than the voucher promises.'),
  ESCROW_EXCEEDED: refused(409, 'More is claimed than was ever put into the tab.'),
  CLAIM_SETTLED: refused(409, 'That much was settled before.'),
  SETTLEMENT_KNOWN: refused(409, 'The operator has a settlement of that number already.'),
  SETTLEMENT_UNKNOWN: refused(404, 'The operator has no settlement of that number.'),
  RECEIPT_UNKNOWN: refused(404, 'The buyer has no receipt of that name.'),
  RECEIPTS_WRONG: refused(422, 'Tabs, receipts and products do not come to the same.'),
  WEIGHTS_INVALID: refused(400, 'A weight is a whole number above 0; each source comes once.'),
  DISTRIBUTION_WRONG: refused(409, 'The next distribution has the next number and settlements.'),
  DISTRIBUTION_UNKNOWN: refused(404, 'The operator has no distribution of that number.'),
  DISTRIBUTION_OUTDATED: refused(409, 'There is a newer root to claim by.'),
  OWNERS_SUM_WRONG: refused(422, 'The sum of the root is not what owners were ever paid in.'),
  SHARE_PROOF_WRONG: refused(403, 'The proof does not lead to the root.'),
  SHARE_CLAIMED: refused(409, 'The owner has had that much already.'),
  SHARE_REPEATED: refused(400, 'An owner comes twice in the request.'),
  POOL_SHORT: refused(409, 'The lanes of the pool have less than that: name more of them.'),

  // The pipeline.
  RECORD_UNREADABLE: refused(500, 'A record of the log is by an unknown schema, or was changed.'),
  VIEW_UNKNOWN: refused(400, 'There is no view of that name.'),
  QUERY_INVALID: refused(400, 'The query asks for something that the view does not have.'),
  QUERY_TOO_LARGE: refused(422, 'The answer would be too large: ask for less at once.'),
  BLOCK_NOT_HELD: refused(404, 'No exact answer is held at that block: ask for a newer one.'),
  NOT_READY: {
    status: 503,
    retry: 'same-id',
    means: 'No exact answer can be given yet: try again soon.',
  },
  ERASURE_UNKNOWN: {
    status: 404,
    retry: 'same-id',
    means: 'The archive knows of no such erasure yet: try again when it has come to that block.',
  },
  ERASURE_UNPROVEN: refused(400, 'No member signed that something was destroyed, in these words.'),
  CERTIFICATE_UNKNOWN: refused(
    404,
    'No certificate of that name is in force: it may have expired.',
  ),
  CERTIFICATES_TOO_MANY: refused(409, 'The car has 20 certificates in force: revoke one first.'),
  FORMAT_UNKNOWN: refused(406, 'The answer is not written in any format that is accepted.'),
  SQL_UNREADABLE: refused(400, 'DuckDB cannot read the statement: correct its syntax.'),
  SQL_NOT_A_SELECT: refused(400, 'Exactly one SELECT is answered: send it by itself.'),
  SQL_TABLE_REFUSED: refused(403, "Only the product's released tables can be read: name those."),
  SQL_FUNCTION_REFUSED: refused(403, 'No such function is allowed here: use a listed one.'),
  SQL_SYNTAX_REFUSED: refused(403, 'That part of SQL is not allowed here: write it without.'),
  SQL_INVALID: refused(422, 'The statement fails on these tables: correct it.'),
  SQL_TYPE_REFUSED: refused(422, 'A column is of a type that no answer has: cast it.'),
  SQL_TOO_LARGE: refused(
    422,
    'The answer has more than is allowed: filter, group, or add a LIMIT.',
  ),
  SQL_TOO_SLOW: refused(422, 'The statement took longer than is allowed: make it simpler.'),
  SQL_MEMORY_EXCEEDED: refused(422, 'The statement needs more memory than is allowed: group less.'),
  SQL_BUSY: {
    status: 503,
    retry: 'same-id',
    means: 'Too many statements wait already: try again soon.',
  },
  PAYMENT_REQUIRED: refused(402, 'This answer is sold: payment is required.'),
  PAYMENT_MALFORMED: refused(400, 'The payment is no base64 of JSON of the shape of x402 v2.'),
  QUOTE_INVALID: refused(402, 'The quote is not of this operator, of another request, or over.'),
  SESSION_INVALID: refused(402, 'The credential of the session is not of this server, or over.'),
  TAB_ELSEWHERE: refused(409, 'Another server of the operator serves that tab.'),
  IDEMPOTENCY_KEY_INVALID: refused(400, 'An Idempotency-Key is 16 to 128 letters, digits, _ -'),
  IDEMPOTENCY_KEY_REUSED: refused(409, 'The key was used for another request: take a new one.'),
  ANSWER_GONE: refused(410, 'The answer cannot be given again; asking again cost nothing.'),
  ROUTE_UNKNOWN: refused(404, 'There is nothing at that address.'),

  // Parameters.
  PROPOSAL_UNKNOWN: refused(404, 'No such proposal.'),
  PROPOSAL_ENDED: refused(409, 'The proposal was approved or withdrawn already.'),
  PROPOSAL_OUTDATED: refused(409, 'The parameter was changed since: propose again.'),
} as const satisfies Readonly<Record<string, ErrorEntry>>;

/** A code of the {@link errorCatalogue}. */
export type ErrorCode = keyof typeof errorCatalogue;

/** Whether a text is a code of the catalogue. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCatalogue, text);
}
