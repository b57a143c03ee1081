using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Governance;

/// <summary>What a room expects a signed statement to say, from the address that was called and the records as they are; never from the statement itself.</summary>
/// <param name="Act">The act's name, one of <see cref="Hufu.Contracts.ActNames"/>.</param>
/// <param name="Object">What it is done to.</param>
/// <param name="State">Reads the object's present state in the act's own transaction; <c>-</c> where the object has none. May refuse (UnknownObject).</param>
public sealed record ExpectedAct(string Act, string Object, Func<Session, string> State)
{
    /// <summary>For an object without states: the statement says <c>-</c>.</summary>
    /// <param name="act">The act's name.</param>
    /// <param name="object">What it is done to.</param>
    public ExpectedAct(string act, string @object)
        : this(act, @object, static _ => "-")
    {
    }

    /// <summary>What is wrong with the payload, when it says nothing that an object could be told from: refused with it once the person's right to the act is decided, and recorded like any refusal.</summary>
    internal Refusal? Unreadable { get; init; }

    /// <summary>For acts that need a second person when they replace something: whether this one does. Null: when the same act was done to the same object before.</summary>
    public Func<Session, bool>? Replaces { get; init; }

    /// <summary>
    /// Whether somebody in office may do it whose certificate has ended, or a condition of whose office has lapsed: only for what puts ended certificates in force again, where the room asks more people for it. A revoked or
    /// void certificate never counts, nor one that is not valid yet.
    /// </summary>
    public bool EvenEnded { get; init; }

    /// <summary>Persons (numbers in this room) that the signer must differ from, beyond those that acts.csv already names.</summary>
    public IReadOnlyCollection<string> MustDifferFrom { get; init; } = [];
}
