namespace Hufu.Records;

/// <summary>Why the ledger refuses.</summary>
public enum LedgerError
{
    /// <summary>The files cannot be written, so acts are refused until they can (R24).</summary>
    NotWritable,
    /// <summary>The database and the exported files, or the database and a signed head, contradict each other.</summary>
    Broken,
    /// <summary>The files hold records that the database does not: the database is older than they are (a restore, which has to be reconciled first).</summary>
    FilesAhead,
    /// <summary>The ledger was begun with another audit key or under another name.</summary>
    AnotherLedger,
    /// <summary>A record has a field that is empty, too long, or not allowed.</summary>
    BadRecord,
}

/// <summary>A ledger that cannot be opened or does not take a record. An act whose record is not taken does not happen.</summary>
public sealed class LedgerException(LedgerError error, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Which reason.</summary>
    public LedgerError Error { get; } = error;
}
