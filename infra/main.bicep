metadata description = 'Nightshift in Azure: everything it needs, by identity only. docs/deploy.md says how.'

targetScope = 'subscription'

import { alwaysReadyType } from 'app/function.bicep'

@description('Name of the azd environment. It names the resource group, and what must be unique in the world.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of every resource. It must offer Flex Consumption.')
@minLength(1)
param location string

@description('Resource group; empty for rg-<environment>.')
param resourceGroupName string = ''

@description('Principal (a user or a group) of those who operate the app by `nightshift`, and write its secrets. Empty for none.')
param operatorPrincipalId string = ''

@description('What that principal is.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param operatorPrincipalType string = 'User'

@description('Memory of an instance, in megabytes.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Most instances of each function: Flex Consumption scales each by its own queue. Timers share some.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Requests that one instance answers at once.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 32

@description('Messages that each queue function of an instance takes at once; 0 for the value in host.json.')
@minValue(0)
@maxValue(32)
param queueBatchSize int = 0

@description('Functions that are always kept ready, which costs money: [{ name: \'function:ProcessJobRun\', instanceCount: 1 }].')
param alwaysReady alwaysReadyType[] = []

@description('How Cosmos DB is paid: serverless by the request (5,000 request units a second per container), or autoscale.')
@allowed(['serverless', 'autoscale'])
param cosmosThroughput string = 'serverless'

@description('With autoscale: most request units a second of each container.')
@minValue(1000)
param cosmosAutoscaleMaxThroughput int = 1000

@description('With autoscale: other such limits, by container: { jobs: 10000 }.')
param cosmosAutoscaleMaxThroughputs object = {}

@description('Whether storage, Cosmos DB and the vault are reached through private endpoints only, and the app is in a network.')
param vnetEnabled bool = false

@description('Settings whose values are in the Key Vault, separated by commas: SLACK_WEBHOOK_URL,API_KEYS. Put the secrets in first: docs/deploy.md.')
param keyVaultSettings string = ''

@description('Other settings of the app, by name: docs/settings.md. None of them a secret.')
param appSettings object = {}

@description('How callers of the HTTP API prove who they are; with none every request is refused.')
@allowed(['none', 'keys', 'entra'])
param authMode string = 'none'

@description('For authMode entra: audience of the tokens that are taken.')
param entraAudience string = ''

@description('Application (client) id of the app registration by which people sign in to the console: docs/console.md. Empty for API keys alone.')
param consoleEntraClientId string = ''

@description('Azure Communication Services resource that is there already, by which digests are mailed. Empty for none.')
param communicationName string = ''

@description('Resource group of that resource.')
param communicationResourceGroupName string = ''

@description('Azure OpenAI resource that is there already, whose models the app may ask. Empty for none.')
param openAiAccountName string = ''

@description('Resource group of that resource.')
param openAiResourceGroupName string = ''

@description('Days after which notifications in the outbox are deleted.')
param outboxRetentionDays int = 30

@description('Days after which the blobs of a digest are deleted.')
param digestRetentionDays int = 400

@description('Days that logs are kept.')
param logRetentionDays int = 30

@description('Most that the logs take in per day, in gigabytes; -1 for no limit.')
param logDailyQuotaGb int = 1

@description('Addresses, separated by commas, that hear when the budget is nearly spent. Empty for no budget.')
param budgetContactEmails string = ''

@description('Amount of the budget per month, in the currency of the subscription.')
param budgetAmount int = 100

@description('First day of the budget\'s first month; empty for this month. Azure refuses another one once the budget is there.')
param budgetStartDate string = ''

@description('First day of this month. Leave it as it is.')
param thisMonth string = utcNow('yyyy-MM-01')

var abbreviations = loadJsonContent('abbreviations.json')
var generated = loadJsonContent('generated/app.json')
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var database = 'nightshift'
var deploymentContainer = 'deployments'
var asked = map(split(keyVaultSettings, ','), name => trim(name))
var inVault = filter(generated.secretSettings, one => contains(asked, one.setting))
var privateServices = [
  { group: 'blob', zone: 'privatelink.blob.${environment().suffixes.storage}' }
  { group: 'queue', zone: 'privatelink.queue.${environment().suffixes.storage}' }
  { group: 'Sql', zone: 'privatelink.documents.azure.com' }
  { group: 'vault', zone: 'privatelink.vaultcore.azure.net' }
]

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: empty(resourceGroupName) ? '${abbreviations.resourcesResourceGroups}${environmentName}' : resourceGroupName
  location: location
  tags: tags
}

module identity 'app/identity.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.managedIdentityUserAssignedIdentities}${token}'
    location: location
    tags: tags
  }
}

module monitoring 'app/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: '${abbreviations.operationalInsightsWorkspaces}${token}'
    applicationInsightsName: '${abbreviations.insightsComponents}${token}'
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyQuotaGb: logDailyQuotaGb
    principalId: identity.outputs.principalId
  }
}

module storage 'app/storage.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.storageStorageAccounts}${token}'
    location: location
    tags: tags
    queues: [...map(generated.queues, one => one.name), ...generated.poisonQueues]
    blobContainers: generated.blobContainers
    deploymentContainer: deploymentContainer
    outboxRetentionDays: outboxRetentionDays
    digestRetentionDays: digestRetentionDays
    isPrivate: vnetEnabled
    principalId: identity.outputs.principalId
    operatorPrincipalId: operatorPrincipalId
    operatorPrincipalType: operatorPrincipalType
  }
}

module cosmos 'app/cosmos.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.documentDBDatabaseAccounts}${token}'
    location: location
    tags: tags
    database: database
    containers: generated.containers
    isAutoscale: cosmosThroughput == 'autoscale'
    autoscaleMaxThroughput: cosmosAutoscaleMaxThroughput
    autoscaleMaxThroughputs: cosmosAutoscaleMaxThroughputs
    isPrivate: vnetEnabled
    principalId: identity.outputs.principalId
    operatorPrincipalId: operatorPrincipalId
  }
}

module vault 'app/vault.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.keyVaultVaults}${token}'
    location: location
    tags: tags
    isPrivate: vnetEnabled
    principalId: identity.outputs.principalId
    operatorPrincipalId: operatorPrincipalId
    operatorPrincipalType: operatorPrincipalType
  }
}

module openAiRole 'app/openai-role.bicep' = if (!empty(openAiAccountName)) {
  scope: resourceGroup(openAiResourceGroupName)
  params: {
    name: openAiAccountName
    principalId: identity.outputs.principalId
  }
}

module communicationRole 'app/communication-role.bicep' = if (!empty(communicationName)) {
  scope: resourceGroup(communicationResourceGroupName)
  params: {
    name: communicationName
    principalId: identity.outputs.principalId
  }
}

module network 'app/network.bicep' = if (vnetEnabled) {
  scope: group
  params: {
    name: '${abbreviations.networkVirtualNetworks}${token}'
    location: location
    tags: tags
  }
}

@batchSize(1) // one change of a network at a time
module privateEndpoints 'app/private-endpoint.bicep' = [
  for service in privateServices: if (vnetEnabled) {
    scope: group
    name: 'private-endpoint-${service.group}'
    params: {
      name: '${abbreviations.networkPrivateEndpoints}${toLower(service.group)}-${token}'
      location: location
      tags: tags
      resourceId: service.group == 'Sql'
        ? cosmos.outputs.id
        : service.group == 'vault' ? vault.outputs.id : storage.outputs.id
      group: service.group
      zoneName: service.zone
      networkId: network!.outputs.id
      subnetId: network!.outputs.endpointsSubnetId
    }
  }
]

module function 'app/function.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.webSitesFunctions}${token}'
    planName: '${abbreviations.webServerFarms}${token}'
    location: location
    tags: tags
    serviceName: 'nightshift'
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    deploymentContainerUri: '${storage.outputs.blobEndpoint}${deploymentContainer}'
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    httpConcurrency: httpConcurrency
    alwaysReady: alwaysReady
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    subnetId: vnetEnabled ? network!.outputs.appSubnetId : ''
    settings: {
      ...generated.triggerSettings
      AzureWebJobsStorage__blobServiceUri: storage.outputs.blobEndpoint
      AzureWebJobsStorage__queueServiceUri: storage.outputs.queueEndpoint
      AzureWebJobsDisableHomepage: 'true'
      DOCUMENTS: 'cosmos'
      COSMOS_ENDPOINT: cosmos.outputs.endpoint
      COSMOS_DATABASE: database
      AUTH_MODE: authMode
      ENTRA_TENANT_ID: authMode == 'entra' || !empty(consoleEntraClientId) ? tenant().tenantId : ''
      ENTRA_AUDIENCE: entraAudience
      CONSOLE_ENTRA_CLIENT_ID: consoleEntraClientId
      CONSOLE_ENTRA_IDENTITY: empty(consoleEntraClientId) ? '' : identity.outputs.clientId
      TELEMETRY: 'azure-monitor'
      DIGEST_SENDER: empty(communicationName) ? 'none' : 'acs'
      ACS_ENDPOINT: empty(communicationName) ? '' : communicationRole!.outputs.endpoint
      AZURE_OPENAI_ENDPOINT: empty(openAiAccountName) ? '' : openAiRole!.outputs.endpoint
      ...(queueBatchSize == 0 ? {} : { AzureFunctionsJobHost__extensions__queues__batchSize: string(queueBatchSize) })
      ...toObject(
        inVault,
        one => one.setting,
        one => '@Microsoft.KeyVault(VaultName=${vault.outputs.name};SecretName=${one.secret})'
      )
      ...appSettings
    }
  }
  dependsOn: [privateEndpoints]
}

module budget 'app/budget.bicep' = if (!empty(budgetContactEmails)) {
  scope: group
  params: {
    name: '${abbreviations.consumptionBudgets}${environmentName}'
    amount: budgetAmount
    contactEmails: map(split(budgetContactEmails, ','), address => trim(address))
    startDate: empty(budgetStartDate) ? thisMonth : budgetStartDate
  }
}

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_NAME string = function.outputs.name
output SERVICE_NIGHTSHIFT_URI string = function.outputs.uri
output KEY_VAULT_NAME string = vault.outputs.name
output COSMOS_ENDPOINT string = cosmos.outputs.endpoint
output COSMOS_DATABASE string = database
output AzureWebJobsStorage__blobServiceUri string = storage.outputs.blobEndpoint
output AzureWebJobsStorage__queueServiceUri string = storage.outputs.queueEndpoint
