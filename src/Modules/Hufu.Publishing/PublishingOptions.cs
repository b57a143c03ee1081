namespace Hufu.Publishing;

/// <summary>What the operator sets for the repository.</summary>
public sealed record PublishingOptions
{
    /// <summary>Rows of a page of the public search, at most.</summary>
    public int SearchPage { get; init; } = 50;
}
