import { common, peer } from '@hyperledger/fabric-protos';
import { describe, expect, test } from 'vitest';

import { headerHash } from '../client/block-hash.ts';
import { refusalOf } from '../client/refusal.ts';
import type { CurrentFixture } from '../fixture.ts';
import { chaincode } from './bad-input/proposal-answers.ts';
import { refusal } from './bad-input/expectation.ts';

/** Questions about the ledger that applications put to the system chaincodes. */
export function describeSystemChaincodes(current: CurrentFixture): void {
  const ask = (name: string, ...args: string[]) => current().ask(current().maker, name, ...args);

  describe('qscc', () => {
    test('GetChainInfo: height and the hashes of the newest block', async () => {
      const info = common.BlockchainInfo.deserializeBinary(await ask('GetChainInfo'));
      const newest = await current().block(info.getHeight() - 1);
      expect(Buffer.from(info.getCurrentblockhash_asU8()).toString('hex')).toBe(headerHash(newest));
      expect(info.getPreviousblockhash_asB64()).toBe(newest.getHeader()?.getPreviousHash_asB64());
    });

    test('GetBlockByNumber: the newest by the largest number there is', async () => {
      const block = common.Block.deserializeBinary(
        await ask('GetBlockByNumber', '18446744073709551615'),
      );
      expect(block.getHeader()?.getNumber()).toBe((await current().height()) - 1);
    });

    test('GetBlockByHash: a block by the hash of its header', async () => {
      const { maker } = current();
      const block = await current().block(1);
      const bytes = await maker.contract('qscc').evaluate('GetBlockByHash', {
        arguments: [maker.channel, Buffer.from(headerHash(block), 'hex')],
        endorsingOrganizations: [maker.mspId],
      });
      expect(common.Block.deserializeBinary(bytes).getHeader()?.getNumber()).toBe(1);
    });

    test('GetTransactionByID and GetBlockByTxID: a transaction with its code', async () => {
      const { maker } = current();
      const endorsed = await maker.endorse([['echo', 1]], { endorsers: ['MakerMSP'] });
      const { block } = await (await endorsed.submit())();
      const found = peer.ProcessedTransaction.deserializeBinary(
        await ask('GetTransactionByID', endorsed.txId),
      );
      expect(found.getValidationcode()).toBe(peer.TxValidationCode.ENDORSEMENT_POLICY_FAILURE);
      expect(found.getTransactionenvelope()?.getPayload_asB64()).toBe(
        endorsed.envelope.getPayload_asB64(),
      );
      const bytes = await ask('GetBlockByTxID', endorsed.txId);
      expect(common.Block.deserializeBinary(bytes).getHeader()?.getNumber()).toBe(block);
    });

    test.each([
      [
        'an unknown block number',
        ['GetBlockByNumber', '999999'],
        'Failed to get block number 999999, error no such block number [999999] in index',
      ],
      [
        'a block number that is none',
        ['GetBlockByNumber', 'ten'],
        'Failed to parse block number with error strconv.ParseUint: parsing "ten": invalid syntax',
      ],
      [
        'an unknown hash',
        ['GetBlockByHash', 'nothing'],
        'Failed to get block hash nothing, error no such block hash [6e6f7468696e67] in index',
      ],
      [
        'an unknown transaction',
        ['GetTransactionByID', 'nothing'],
        'Failed to get transaction with id nothing, error no such transaction ID [nothing] in index',
      ],
      [
        'an unknown transaction of a block',
        ['GetBlockByTxID', 'nothing'],
        'Failed to get block for txID nothing, error no such transaction ID [nothing] in index',
      ],
      [
        'an unknown function',
        ['GetNothing', 'x'],
        'access denied for [GetNothing][passport]: [Unmapped policy for qscc/GetNothing]',
      ],
      ['a missing argument', ['GetBlockByNumber'], 'missing 3rd argument for GetBlockByNumber'],
    ])('%s: refused', async (_what, [name = '', ...args], message) => {
      expect(await refusalOf(ask(name, ...args))).toEqual(refusal(chaincode(message).evaluate));
    });

    test('an unknown channel: refused', async () => {
      const { maker } = current();
      const asked = maker.contract('qscc').evaluate('GetChainInfo', {
        arguments: ['elsewhere'],
        endorsingOrganizations: [maker.mspId],
      });
      expect(await refusalOf(asked)).toEqual(
        refusal(chaincode('Invalid chain ID, elsewhere').evaluate),
      );
    });
  });

  describe('cscc', () => {
    test('GetConfigBlock: the first block, which is the newest configuration', async () => {
      const { maker } = current();
      const bytes = await maker.contract('cscc').evaluate('GetConfigBlock', {
        arguments: [maker.channel],
        endorsingOrganizations: [maker.mspId],
      });
      const block = common.Block.deserializeBinary(bytes);
      expect(headerHash(block)).toBe(headerHash(await current().block(0)));
    });
  });

  describe('_lifecycle', () => {
    test('QueryChaincodeDefinition: version, sequence and who approved', async () => {
      const { maker } = current();
      const args = new peer.lifecycle.QueryChaincodeDefinitionArgs();
      args.setName('probe');
      const bytes = await maker.contract('_lifecycle').evaluate('QueryChaincodeDefinition', {
        arguments: [args.serializeBinary()],
        endorsingOrganizations: [maker.mspId],
      });
      const definition = peer.lifecycle.QueryChaincodeDefinitionResult.deserializeBinary(bytes);
      expect(definition.toObject()).toMatchObject({
        sequence: 1,
        version: '1.0',
        endorsementPlugin: 'escc',
        validationPlugin: 'vscc',
        initRequired: false,
      });
    });

    test('QueryChaincodeDefinition of one that is not there: refused', async () => {
      const { maker } = current();
      const args = new peer.lifecycle.QueryChaincodeDefinitionArgs();
      args.setName('nowhere');
      const asked = maker.contract('_lifecycle').evaluate('QueryChaincodeDefinition', {
        arguments: [args.serializeBinary()],
        endorsingOrganizations: [maker.mspId],
      });
      const message = 'chaincode response 404, namespace nowhere is not defined';
      expect(await refusalOf(asked)).toEqual(
        refusal({
          code: 'UNKNOWN',
          message: `evaluate call to endorser returned error: ${message}`,
          details: [{ mspId: 'MakerMSP', message }],
        }),
      );
    });
  });
}
