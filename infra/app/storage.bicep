metadata description = 'The storage account: queues with their poison queues, blob containers, and the app\'s deployment.'

@description('Name of the storage account.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Names of the queues, poison queues too.')
param queues string[]

@description('Names of the blob containers.')
param blobContainers string[]

@description('Blob container that a deployment is put into.')
param deploymentContainer string

@description('Days after which notifications in the outbox are deleted.')
@minValue(1)
param outboxRetentionDays int

@description('Days after which the blobs of a digest are deleted; its document stays.')
@minValue(8)
param digestRetentionDays int

@description('Whether the account is reached through private endpoints only.')
param isPrivate bool

@description('Principal of the app.')
param principalId string

@description('Principal of the operators (a user or a group), or empty.')
param operatorPrincipalId string

@description('What that principal is.')
param operatorPrincipalType string

// Storage Queue Data Contributor: messages. Storage Blob Data Contributor: the app's blobs, timers' locks, deployments.
// Storage Queue Delegator: addresses that may only add messages are signed by a user delegation key.
var roles = [
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  '7ee386e9-84f0-448e-80a6-f185f6533131'
]

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
    }
  }

  resource blobService 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: 7 }
    }

    resource containers 'containers' = [
      for container in [...blobContainers, deploymentContainer]: {
        name: container
        properties: { publicAccess: 'None' }
      }
    ]
  }

  resource queueService 'queueServices' = {
    name: 'default'

    resource all 'queues' = [for queue in queues: { name: queue }]
  }

  resource lifecycle 'managementPolicies' = {
    name: 'default'
    properties: {
      policy: {
        rules: [
          for rule in [
            { name: 'outbox', days: outboxRetentionDays }
            { name: 'digests', days: digestRetentionDays }
          ]: {
            name: 'old-${rule.name}'
            enabled: true
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['${rule.name}/'] }
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: rule.days } } }
            }
          }
        ]
      }
    }
    dependsOn: [blobService]
  }
}

resource appRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roles: {
    name: guid(account.id, principalId, role)
    scope: account
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource operatorRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in empty(operatorPrincipalId) ? [] : roles: {
    name: guid(account.id, operatorPrincipalId, role)
    scope: account
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
      principalId: operatorPrincipalId
      principalType: operatorPrincipalType
    }
  }
]

output id string = account.id
output blobEndpoint string = account.properties.primaryEndpoints.blob
output queueEndpoint string = account.properties.primaryEndpoints.queue
