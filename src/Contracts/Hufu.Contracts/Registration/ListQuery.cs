namespace Hufu.Contracts;

/// <summary>What every question for a page of a list says.</summary>
public interface IListQuery
{
    /// <summary>1 to 100 rows.</summary>
    int Limit { get; }

    /// <summary>Why it is read, for the ledger; 1 to 200 characters.</summary>
    string Purpose { get; }

    /// <summary>Goes on after the page before, whose <c>next</c> it is; null for the beginning.</summary>
    string? After { get; }

    /// <summary>Backwards.</summary>
    bool Newest { get; }
}
