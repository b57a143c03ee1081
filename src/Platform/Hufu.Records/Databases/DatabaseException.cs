namespace Hufu.Records;

/// <summary>Why the database refused or failed; the same set for every engine.</summary>
public enum DatabaseError
{
    /// <summary>Anything that has no name of its own; the inner exception says more.</summary>
    Other = 0,
    /// <summary>A primary key or unique constraint already holds such a row.</summary>
    UniqueViolation,
    /// <summary>A row refers to one that does not exist, or is still referred to.</summary>
    ForeignKeyViolation,
    /// <summary>A NOT NULL or CHECK constraint was broken.</summary>
    ConstraintViolation,
    /// <summary>The disk or the database is full; nothing of the transaction was kept.</summary>
    Full,
    /// <summary>Reading or writing the file failed; nothing of the transaction was kept.</summary>
    Failed,
    /// <summary>Another process holds the database.</summary>
    InUse,
    /// <summary>The file is damaged or is no database.</summary>
    Damaged,
    /// <summary>A write was tried in a reading session.</summary>
    ReadOnly,
    /// <summary>A migration that was applied has another text now.</summary>
    MigrationChanged,
    /// <summary>The database knows a migration that this program does not: it was written by a newer program.</summary>
    MigrationUnknown,
    /// <summary>Another work of the same transaction made the engine give the whole transaction up; the work may be tried again.</summary>
    TransactionLost,
}

/// <summary>A statement or a commit that failed, in words that do not depend on the engine.</summary>
public sealed class DatabaseException(DatabaseError error, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Which failure it was.</summary>
    public DatabaseError Error { get; } = error;
}
