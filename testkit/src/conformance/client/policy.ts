import { common, msp } from '@hyperledger/fabric-protos';

/** A signature policy that one organisation's peer satisfies: base64 of its envelope. */
export function peerOf(mspId: string): string {
  const role = new msp.MSPRole();
  role.setMspIdentifier(mspId);
  role.setRole(msp.MSPRole.MSPRoleType.PEER);
  const principal = new msp.MSPPrincipal();
  principal.setPrincipalClassification(msp.MSPPrincipal.Classification.ROLE);
  principal.setPrincipal(role.serializeBinary());
  const signedBy = new common.SignaturePolicy();
  signedBy.setSignedBy(0);
  const gate = new common.SignaturePolicy.NOutOf();
  gate.setN(1);
  gate.setRulesList([signedBy]);
  const rule = new common.SignaturePolicy();
  rule.setNOutOf(gate);
  const policy = new common.SignaturePolicyEnvelope();
  policy.setRule(rule);
  policy.setIdentitiesList([principal]);
  return Buffer.from(policy.serializeBinary()).toString('base64');
}
