namespace Hufu.Governance;

/// <summary>Everything that the policy decision looks at; nothing else counts.</summary>
public sealed record DecisionFacts
{
    /// <summary>The room (its unit).</summary>
    public required string Room { get; init; }

    /// <summary>The act's name.</summary>
    public required string Act { get; init; }

    /// <summary>The person's name, for words.</summary>
    public required string Name { get; init; }

    /// <summary>Roles in force.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>The object's state, its first word as it stands in statements; null when it is not looked at or there is none.</summary>
    public string? State { get; init; }

    /// <summary>Acts that this person has done on this object.</summary>
    public IReadOnlyList<string> HandsIn { get; init; } = [];

    /// <summary>The room itself demands another person than this one.</summary>
    public bool NamedByRoom { get; init; }
}

/// <summary>The outcome of the policy decision.</summary>
/// <param name="Allowed">Whether the person may do it.</param>
/// <param name="Code">The refusal, when not.</param>
/// <param name="Reason">Why not, in words: who could do it instead, in which states, or from whom they must differ.</param>
/// <param name="Field">The part of the request that the refusal speaks of.</param>
/// <param name="Obligations">What binds an allowed act, in words: acts on the same object that must be other persons'.</param>
public sealed record Decision(bool Allowed, Contracts.RefusalCode? Code, string Reason, string? Field, IReadOnlyList<string> Obligations);
