import { common } from '@hyperledger/fabric-protos';

import { policy } from './config-keys.ts';

/** What can be written into a configuration. */
type Message = { serializeBinary(): Uint8Array };

/** A group that its admins may change. */
export function configGroup(): common.ConfigGroup {
  const group = new common.ConfigGroup();
  group.setModPolicy(policy.admins);
  return group;
}

/** Adds a value that the group's admins may change. */
export function addValue(group: common.ConfigGroup, key: string, message: Message): void {
  const value = new common.ConfigValue();
  value.setValue(message.serializeBinary());
  value.setModPolicy(policy.admins);
  group.getValuesMap().set(key, value);
}

/** Adds a policy by signatures. */
export function addSignaturePolicy(
  group: common.ConfigGroup,
  name: string,
  envelope: common.SignaturePolicyEnvelope,
): void {
  addPolicy(group, name, common.Policy.PolicyType.SIGNATURE, envelope);
}

/** Adds a policy over the policies below, such as "MAJORITY Admins". */
export function addImplicitMetaPolicy(
  group: common.ConfigGroup,
  name: string,
  rule: keyof common.ImplicitMetaPolicy.RuleMap,
  subPolicy: string,
): void {
  const meta = new common.ImplicitMetaPolicy();
  meta.setRule(common.ImplicitMetaPolicy.Rule[rule]);
  meta.setSubPolicy(subPolicy);
  addPolicy(group, name, common.Policy.PolicyType.IMPLICIT_META, meta);
}

function addPolicy(group: common.ConfigGroup, name: string, type: number, message: Message): void {
  const rule = new common.Policy();
  rule.setType(type);
  rule.setValue(message.serializeBinary());
  const holder = new common.ConfigPolicy();
  holder.setPolicy(rule);
  holder.setModPolicy(policy.admins);
  group.getPoliciesMap().set(name, holder);
}
