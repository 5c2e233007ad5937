// A deployment that asks for everything that is optional: tests look at what it would contain.
using 'infra/main.bicep'

param environmentName = 'test'
param location = 'westeurope'
param operatorPrincipalId = '00000000-0000-0000-0000-00000000000a'
param keyVaultSettings = 'SLACK_WEBHOOK_URL, API_KEYS, CONSOLE_SECRET, COSMOS_KEY'
param budgetContactEmails = 'ops@example.com'
param budgetStartDate = '2026-11-01'
param vnetEnabled = true
param openAiAccountName = 'models'
param openAiResourceGroupName = 'rg-models'
param communicationName = 'mail'
param communicationResourceGroupName = 'rg-mail'
param consoleEntraClientId = '00000000-0000-0000-0000-00000000000c'
param queueBatchSize = 8
param alwaysReady = [{ name: 'function:ProcessJobRun', instanceCount: 1 }]
