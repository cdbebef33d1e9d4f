import GRDB
import GreeterCore

// A database may have been changed by others: SQLite keeps whatever it is given in whatever column.
extension Row {
    /// The value of a column.
    /// - Throws: ``BlockDamage`` where it is of another type.
    func read<Value: DatabaseValueConvertible>(_ column: String) throws(BlockDamage) -> Value {
        guard let value = Value.fromDatabaseValue(self[column] as DatabaseValue) else { throw BlockDamage() }
        return value
    }

    /// The value of a column that may be empty.
    func readIfPresent<Value: DatabaseValueConvertible>(_ column: String) throws(BlockDamage) -> Value? {
        (self[column] as DatabaseValue).isNull ? nil : try read(column)
    }

    /// The value of a column that counts something.
    func count(_ column: String) throws(BlockDamage) -> Int {
        guard let count = (try read(column) as Int).asCount else { throw BlockDamage() }
        return count
    }
}
