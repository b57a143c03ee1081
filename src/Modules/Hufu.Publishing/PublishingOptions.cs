namespace Hufu.Publishing;

/// <summary>What the operator sets for the repository. Directories stand in <c>directories.json</c> of the room's folder.</summary>
public sealed record PublishingOptions
{
    /// <summary>Rows of a page of the public search, at most.</summary>
    public int SearchPage { get; init; } = 50;

    /// <summary>Whether the public may search certificates by name. One whose serial is known is given out either way.</summary>
    public bool PublicSearch { get; init; } = true;

    /// <summary>How long CRLs that are no longer in force are kept and given out under their number.</summary>
    public TimeSpan KeepCrlsFor { get; init; } = TimeSpan.FromDays(3650);
}
