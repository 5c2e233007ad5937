metadata description = 'Lets the app send mail by an Azure Communication Services resource that is there already.'

@description('Name of the Azure Communication Services resource.')
param name string

@description('Principal of the app.')
param principalId string

// Communication and Email Service Owner: no built-in role sends mail alone.
var mailOwner = '09976791-48a7-449e-bb21-39d1a415f350'

resource communication 'Microsoft.Communication/communicationServices@2023-04-01' existing = {
  name: name
}

resource owner 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(communication.id, principalId, mailOwner)
  scope: communication
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', mailOwner)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

output endpoint string = 'https://${communication.properties.hostName}'
