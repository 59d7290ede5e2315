// Asks cdk-nag's AwsSolutions about a template: node nag.mjs <template> <directory for its report>
import { App, Stack, Validations } from 'aws-cdk-lib'
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include'
import { AwsSolutionsChecks } from 'cdk-nag'

const [template, outdir] = process.argv.slice(2)
const app = new App({ outdir })
new CfnInclude(new Stack(app, 'Audited'), 'Template', { templateFile: template })
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
app.synth()
