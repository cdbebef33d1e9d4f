public struct DynamicMessage { static let tooDeep = "messages are more than 100 deep in one another"; static let maximumDepth = 100 }
