metadata description = 'The document store: one region, Strong consistency, identities only; a container per entry of the generated table.'

@description('A container: its name, partition key, whether documents may expire, and the paths that are indexed.')
type containerType = {
  name: string
  partitionKey: string
  expires: bool
  indexPaths: string[]
}

@description('Return the indexing policy that has these paths and no other.')
func indexing(paths string[]) object => {
  indexingMode: 'consistent'
  automatic: true
  includedPaths: map(paths, path => { path: path })
  excludedPaths: [{ path: '/*' }]
}

@description('Name of the account.')
param name string

@description('Region. One only: Strong consistency and serverless both want it.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the database.')
param database string

@description('The containers.')
param containers containerType[]

@description('Whether throughput is bought per container and scales by itself; else the account is serverless.')
param isAutoscale bool

@description('Most request units a second of each container with autoscale.')
@minValue(1000)
param autoscaleMaxThroughput int

@description('Other such limits by container: { jobs: 10000 }.')
param autoscaleMaxThroughputs object

@description('Whether the account is reached through private endpoints only.')
param isPrivate bool

@description('Principal of the app.')
param principalId string

@description('Principal of the operators (a user or a group), or empty.')
param operatorPrincipalId string

resource account 'Microsoft.DocumentDB/databaseAccounts@2024-11-15' = {
  name: name
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    locations: [{ locationName: location, failoverPriority: 0, isZoneRedundant: false }]
    consistencyPolicy: { defaultConsistencyLevel: 'Strong' }
    capabilities: isAutoscale ? [] : [{ name: 'EnableServerless' }]
    backupPolicy: { type: 'Continuous', continuousModeProperties: { tier: 'Continuous7Days' } }
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
  }

  // Data only: containers are made here, not by the app. Without stored procedures, conflicts and the change feed.
  resource documentsRole 'sqlRoleDefinitions' = {
    name: guid(account.id, 'documents')
    properties: {
      roleName: 'Nightshift documents'
      type: 'CustomRole'
      assignableScopes: [account.id]
      permissions: [
        {
          dataActions: [
            'Microsoft.DocumentDB/databaseAccounts/readMetadata'
            'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery'
            'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/create'
            'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/delete'
            'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read'
            'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/replace'
            'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/upsert'
          ]
        }
      ]
    }
  }

  // The SDK reads the account's metadata, so the scope is the account; it holds nothing but this database.
  resource assignments 'sqlRoleAssignments' = [
    for principal in empty(operatorPrincipalId) ? [principalId] : [principalId, operatorPrincipalId]: {
      name: guid(account.id, principal, 'documents')
      properties: {
        roleDefinitionId: documentsRole.id
        principalId: principal
        scope: account.id
      }
    }
  ]

  resource documents 'sqlDatabases' = {
    name: database
    properties: {
      resource: { id: database }
    }

    @batchSize(4)
    resource all 'containers' = [
      for container in containers: {
        name: container.name
        properties: {
          resource: {
            id: container.name
            partitionKey: { kind: 'Hash', version: 2, paths: ['/${container.partitionKey}'] }
            ...(container.expires ? { defaultTtl: -1 } : {})
            indexingPolicy: indexing(container.indexPaths)
          }
          options: isAutoscale
            ? {
                autoscaleSettings: {
                  maxThroughput: autoscaleMaxThroughputs[?container.name] ?? autoscaleMaxThroughput
                }
              }
            : {}
        }
      }
    ]
  }
}

output id string = account.id
output endpoint string = account.properties.documentEndpoint
