namespace Hufu.Contracts;

/// <summary>A request was understood and is not done. Nothing half-made stays behind.</summary>
/// <param name="Code">Which of the closed set of refusals it is.</param>
/// <param name="Evidence">What was wrong, where, with the offending value when it is no secret: plain words, at most 500 characters; may be empty.</param>
/// <param name="Field">The field or part that was wrong, as the sender names it; null when the whole request is meant.</param>
/// <remarks>The sentences in Chinese and English and the next step belong to the code: <see cref="RefusalCatalogue"/>. A refusal crosses process borders as JSON.</remarks>
public sealed record Refusal(RefusalCode Code, string Evidence, string? Field = null)
{
    /// <summary>The longest evidence that is kept.</summary>
    public const int EvidenceLimit = 500;

    /// <summary>Plain words: what is wrong, then the evidence.</summary>
    public override string ToString()
    {
        var text = RefusalCatalogue.Of(Code).En;
        return Evidence.Length == 0 ? text : $"{text} {Evidence}";
    }
}
