import { canonicalJson, type JsonValue } from '@passport/model';
import { JSONSerializer } from 'fabric-contract-api';

/**
 * How transactions' arguments and answers travel. Arguments are as in Fabric's own serializer.
 * Answers that are objects become canonical JSON. Fabric's own would also fail on them, for
 * instance in `org.hyperledger.fabric:GetMetadata`: it calls class-transformer's classToPlain,
 * which is missing from 0.4.1, the version that its range `^0.4.0` resolves to.
 */
export class CanonicalSerializer extends JSONSerializer {
  /** Every argument is a text; Fabric's own would parse it once in vain, to see what it is. */
  override fromBuffer(data: Buffer): { value: string } {
    return { value: data.toString('utf8') };
  }

  override toBuffer(result: unknown, schema: unknown, loggerPrefix?: string): Buffer {
    if (typeof result === 'object' && result !== null) {
      return Buffer.from(canonicalJson(result as JsonValue), 'utf8');
    }
    return super.toBuffer(result, schema, loggerPrefix);
  }
}
