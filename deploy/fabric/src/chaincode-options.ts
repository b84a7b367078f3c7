import { FabricNetworkError } from './errors.ts';

/** A chaincode that is to be on the channel. */
export interface ChaincodeOptions {
  readonly name: string;
  readonly version: string;
  /** `host:port` of its server, as the peers reach it. */
  readonly address: string;
  /**
   * The endorsement policy: `MAJORITY` (the channel's default), a policy of the channel's
   * configuration such as `/Channel/Application/Writers`, or a signature policy such as
   * `AND('MakerMSP.peer', 'InsurerMSP.peer')`.
   */
  readonly policy: string;
  /** A shell command that starts its server; without it the caller starts the server. */
  readonly command?: string;
}

/** The version of a chaincode that is given none. */
export const defaultVersion = '1.0';

/** The policy of a chaincode that is given none. */
export const defaultPolicy = 'MAJORITY';

/**
 * Reads `name[@version]=host:port`.
 *
 * Names and versions are checked by the rules of Fabric's lifecycle (core/chaincode/lifecycle).
 *
 * @throws FabricNetworkError `usage`
 */
export function parseChaincode(text: string): ChaincodeOptions {
  const parts = /^([^@=]+)(?:@([^=]+))?=(.+)$/.exec(text);
  const [, name = '', version = defaultVersion, address = ''] = parts ?? [];
  if (
    !/^[a-zA-Z0-9]+([-_][a-zA-Z0-9]+)*$/.test(name) ||
    !/^[A-Za-z0-9_.+-]+$/.test(version) ||
    !isAddress(address)
  ) {
    throw new FabricNetworkError(
      'usage',
      `--chaincode wants name=host:port or name@version=host:port, not "${text}".`,
    );
  }
  return { name, version, address, policy: defaultPolicy };
}

/**
 * Gives chaincodes their policies and commands. Each text is `name=value` for one chaincode, or a
 * value for all of them.
 *
 * @throws FabricNetworkError `usage` where two chaincodes have one name
 */
export function completeChaincodes(
  chaincodes: readonly ChaincodeOptions[],
  policies: readonly string[],
  commands: readonly string[],
): ChaincodeOptions[] {
  const names = chaincodes.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    throw new FabricNetworkError('usage', 'Each chaincode can be given once.');
  }
  return chaincodes.map((chaincode) => {
    const command = valueFor(chaincode.name, names, commands);
    return {
      ...chaincode,
      policy: valueFor(chaincode.name, names, policies) ?? chaincode.policy,
      ...(command === undefined ? {} : { command }),
    };
  });
}

function valueFor(
  name: string,
  names: readonly string[],
  texts: readonly string[],
): string | undefined {
  const own = texts.findLast((text) => text.startsWith(`${name}=`));
  if (own !== undefined) {
    return own.slice(name.length + 1);
  }
  return texts.findLast((text) => !names.some((other) => text.startsWith(`${other}=`)));
}

function isAddress(text: string): boolean {
  const port = Number(/^[^\s:]+:(\d{1,5})$/.exec(text)?.[1]);
  return port >= 1 && port <= 65_535;
}
