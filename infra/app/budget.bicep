metadata description = 'A monthly budget of the resource group, which writes to people when it is nearly spent.'

@description('Name of the budget.')
param name string

@description('Amount per month, in the currency of the subscription.')
@minValue(1)
param amount int

@description('E-mail addresses that are written to.')
param contactEmails string[]

@description('First day of the first month, such as 2026-11-01. Azure refuses another one for a budget that is there.')
param startDate string

resource budget 'Microsoft.Consumption/budgets@2023-11-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: { startDate: startDate }
    notifications: {
      nearlySpent: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: contactEmails
      }
      forecastBeyond: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: contactEmails
      }
    }
  }
}
