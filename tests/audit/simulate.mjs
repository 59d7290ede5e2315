// Asks a simulator of IAM: {roles: {arn: {policies, boundary}}, questions: [{role, action, resource, context}]}
// on standard input; on standard output, for each question, "Allowed", or why not. What stands after a # in a role
// tells states of the same role apart.
import { readFileSync } from 'node:fs'
import { runSimulation } from '@cloud-copilot/iam-simulate'

// Of the keys of an encryption context it knows the general name alone.
const general = 'kms:EncryptionContext:${EncryptionContextKey}'
const asked = readFileSync(0, 'utf8').replace(/kms:EncryptionContext:PARAMETER_ARN/gi, () => general)
const { roles, questions } = JSON.parse(asked)
const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const organization = [{ orgIdentifier: 'o-root', policies: [{ name: 'everything', policy: everything }] }]

// A key says itself who may use it; a space's leaves that to IAM.
function keyPolicy(resource, account) {
  if (!resource.includes(':key/')) return undefined
  const root = `arn:aws:iam::${account}:root`
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' }],
  }
}

async function answer({ role, action, resource, context }) {
  const { policies, boundary } = roles[role]
  const [principal] = role.split('#')
  const account = principal.split(':')[4]
  const outcome = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: account },
        contextVariables: context,
      },
      identityPolicies: policies.map((policy, number) => ({ name: `policy-${number}`, policy })),
      resourcePolicy: keyPolicy(resource, account),
      permissionBoundaryPolicies: boundary ? [{ name: 'boundary', policy: boundary }] : undefined,
      serviceControlPolicies: organization,
      resourceControlPolicies: [],
    },
    {},
  )
  return outcome.resultType === 'error' ? outcome.errors.message : outcome.overallResult
}

const answers = []
for (const question of questions) answers.push(await answer(question))
process.stdout.write(JSON.stringify(answers))
