using Hufu.Ceremony.Play;
using Hufu.Ceremony.Script;

namespace Hufu.Ceremony.Acts;

/// <summary>A step of a script, read and checked.</summary>
/// <param name="word">The word after <c>do:</c>.</param>
internal abstract class CeremonyStep(string word)
{
    public string Word => word;

    /// <summary>What is about to be done, in Chinese.</summary>
    public abstract string Zh { get; }

    /// <summary>What is about to be done, in English.</summary>
    public abstract string En { get; }

    /// <summary>Who signs in with their token for it, and out afterwards.</summary>
    public abstract IReadOnlyList<ScriptPerson> TakingPart { get; }

    /// <summary>Does it. All of it, or nothing and an exception.</summary>
    public abstract StepOutcome Perform(CeremonyRoom room);
}

/// <summary>What came of a step.</summary>
/// <param name="Zh">In Chinese.</param>
/// <param name="En">In English.</param>
/// <param name="Digest">SM3 (hex) of what came out, or null.</param>
internal sealed record StepOutcome(string Zh, string En, string? Digest = null);
