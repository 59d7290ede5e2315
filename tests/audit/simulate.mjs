// Asks a simulator of IAM: {roles: {arn: {policies, boundary}}, questions: [{role, action, resource, context}]}
// on standard input; on standard output, for each question, "Allowed", or why not. What stands after a # in a role
// tells states of the same role apart.
import { readFileSync } from 'node:fs'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const { roles, questions } = JSON.parse(readFileSync(0, 'utf8'))
const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const organization = [{ orgIdentifier: 'o-root', policies: [{ name: 'everything', policy: everything }] }]

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
